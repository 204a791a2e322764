package ai.a5c.krate.git;

import ai.a5c.krate.spi.git.GitService;
import ai.a5c.krate.spi.git.GitUnavailableException;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import org.eclipse.jgit.errors.PackProtocolException;
import org.eclipse.jgit.transport.LsRefsV2Request;
import org.eclipse.jgit.transport.PacketLineOut;
import org.eclipse.jgit.transport.ProtocolV2Hook;
import org.eclipse.jgit.transport.RefAdvertiser.PacketLineOutRefAdvertiser;
import org.eclipse.jgit.transport.ServiceMayNotContinueException;
import org.eclipse.jgit.transport.UploadPack;
import org.eclipse.jgit.transport.UploadPackInternalServerErrorException;
import org.jspecify.annotations.Nullable;

/** Advertises and serves fetches, in the protocol version that the client asks for. */
final class FetchServer {
  private static final int LONGEST_PROTOCOL = 1024;

  private FetchServer() {}

  static void advertise(RowRepository repository, @Nullable String protocol, OutputStream out)
      throws IOException {
    UploadPack server = server(repository, protocol);
    try {
      var lines = new PacketLineOut(out);
      lines.setFlushOnEnd(false);
      server.sendAdvertisedRefs(
          new PacketLineOutRefAdvertiser(lines), GitService.UPLOAD_PACK.wireName());
    } finally {
      server.getRevWalk().close();
    }
  }

  static void serve(RowRepository repository, @Nullable String protocol, ClientStreams client)
      throws IOException {
    UploadPack server = server(repository, protocol);
    RowRefDatabase refs = repository.getRefDatabase();
    refs.setListed(false);
    server.setProtocolV2Hook(
        new ProtocolV2Hook() {
          @Override
          public void onLsRefs(LsRefsV2Request request) {
            refs.setListed(true);
          }
        });
    try {
      server.upload(client.in(), client.out(), null);
    } catch (UploadPackInternalServerErrorException | ServiceMayNotContinueException e) {
      client.throwIfBroken();
      if (e.getCause() instanceof EOFException cut) {
        throw client.ended(cut);
      }
      boolean told =
          e.getCause() instanceof PackProtocolException
              || e.getCause() instanceof UnsupportedOperationException; // deepen-relative
      if (!told) {
        throw new GitUnavailableException("a fetch failed", e);
      }
    }
  }

  private static UploadPack server(RowRepository repository, @Nullable String protocol) {
    var server = new UploadPack(repository);
    server.setBiDirectionalPipe(false);
    server.setRequestValidator(new RequestedObjects(repository.getRefDatabase().rows()));
    if (protocol != null && protocol.length() <= LONGEST_PROTOCOL) {
      server.setExtraParameters(List.of(protocol.split(":", -1)));
    }
    return server;
  }
}
