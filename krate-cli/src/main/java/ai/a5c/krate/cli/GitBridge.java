package ai.a5c.krate.cli;

import ai.a5c.krate.apiserver.request.Caller;
import ai.a5c.krate.core.Krate;
import ai.a5c.krate.core.push.GitDoor;
import ai.a5c.krate.core.push.GitVisit;
import ai.a5c.krate.server.GitAnswer;
import ai.a5c.krate.server.GitRequest;
import ai.a5c.krate.server.GitSession;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Leads Git clients from the listener to the forge's door. */
final class GitBridge {
  private GitBridge() {}

  static GitAnswer open(Krate krate, GitRequest request) {
    var caller = new Caller(request.subject(), request.remoteAddress(), request.headers());
    return switch (krate.git(
        caller, request.organization(), request.repository(), request.service())) {
      case GitDoor.Answer.Open(GitVisit visit) -> new GitAnswer.Open(session(visit));
      case GitDoor.Answer.Unauthorized(String message) -> new GitAnswer.Unauthorized(message);
      case GitDoor.Answer.Later(String message) ->
          new GitAnswer.Unavailable(message, Duration.ofSeconds(1));
      case GitDoor.Answer.Forbidden(String message) -> new GitAnswer.Forbidden(message);
      case GitDoor.Answer.NotFound missing -> new GitAnswer.NotFound();
    };
  }

  private static GitSession session(GitVisit visit) {
    return new GitSession() {
      @Override
      public void advertise(@Nullable String protocol, OutputStream out) throws IOException {
        visit.advertise(protocol, out);
      }

      @Override
      public void fetch(@Nullable String protocol, InputStream in, OutputStream out)
          throws IOException {
        visit.fetch(protocol, in, out);
      }

      @Override
      public void push(@Nullable String protocol, InputStream in, OutputStream out)
          throws IOException {
        visit.push(in, out);
      }
    };
  }
}
