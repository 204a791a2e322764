package ai.a5c.krate.git;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/** Both directions of a client's connection, which remember how the connection broke. */
final class ClientStreams {
  private final InputStream in;
  private final OutputStream out;
  private @Nullable IOException broken;

  ClientStreams(InputStream in, OutputStream out) {
    this.in = new Input(in);
    this.out = new Output(out);
  }

  InputStream in() {
    return in;
  }

  OutputStream out() {
    return out;
  }

  /** Throws what the connection broke with, if it did. */
  void throwIfBroken() throws IOException {
    if (broken != null) {
      throw broken;
    }
  }

  /** Takes note that the client stopped short; gives the exception back. */
  IOException ended(EOFException e) {
    return remember(e);
  }

  private IOException remember(IOException e) {
    if (broken == null) {
      broken = e;
    }
    return e;
  }

  private final class Input extends FilterInputStream {
    Input(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      try {
        return in.read();
      } catch (IOException e) {
        throw remember(e);
      }
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      try {
        return in.read(buffer, offset, length);
      } catch (IOException e) {
        throw remember(e);
      }
    }

    @Override
    public boolean markSupported() {
      return false;
    }

    @Override
    public void close() {}
  }

  private final class Output extends FilterOutputStream {
    Output(OutputStream out) {
      super(out);
    }

    @Override
    public void write(int octet) throws IOException {
      try {
        out.write(octet);
      } catch (IOException e) {
        throw remember(e);
      }
    }

    @Override
    public void write(byte[] buffer, int offset, int length) throws IOException {
      try {
        out.write(buffer, offset, length);
      } catch (IOException e) {
        throw remember(e);
      }
    }

    @Override
    public void flush() throws IOException {
      try {
        out.flush();
      } catch (IOException e) {
        throw remember(e);
      }
    }

    @Override
    public void close() {}
  }
}
