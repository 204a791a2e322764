package ai.a5c.krate.archtests.house.server;

import java.io.IOException;
import java.io.InputStream;

/** Reads what a client sends, however long it is. */
public final class Slurps {
  public byte[] body(InputStream in) throws IOException {
    return in.readAllBytes();
  }
}
