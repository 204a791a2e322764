package ai.a5c.krate.git;

import ai.a5c.krate.spi.git.CommitLog;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevSort;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.util.RawParseUtils;
import org.jspecify.annotations.Nullable;

/** Lists commits within the bounds of {@link CommitLog}. */
final class Logs {
  private static final int MOST_COMMITS = 10_000;
  private static final int LONGEST_MESSAGE = 1_000;
  private static final int LONGEST_NAME = 256;

  private Logs() {}

  static CommitLog between(RevWalk walk, RevCommit tip, @Nullable RevCommit known, int most)
      throws IOException {
    walk.reset();
    walk.sort(RevSort.COMMIT_TIME_DESC);
    walk.setRetainBody(true);
    walk.markStart(tip);
    if (known != null) {
      walk.markUninteresting(known);
    }
    List<CommitLog.Commit> commits = new ArrayList<>();
    int total = 0;
    while (total < MOST_COMMITS) {
      RevCommit next = walk.next();
      if (next == null) {
        break;
      }
      if (total++ < most) {
        commits.add(commit(next));
      }
    }
    return new CommitLog(commits, total);
  }

  private static CommitLog.Commit commit(RevCommit commit) {
    PersonIdent author = commit.getAuthorIdent();
    return new CommitLog.Commit(
        Ids.krate(commit),
        cut(message(commit), LONGEST_MESSAGE),
        author == null ? "" : cut(author.getName(), LONGEST_NAME),
        author == null ? "" : cut(author.getEmailAddress(), LONGEST_NAME),
        author == null ? Instant.EPOCH : author.getWhenAsInstant());
  }

  /** Like JGit's, but an encoding that nobody knows is read as UTF-8 instead of failing. */
  private static String message(RevCommit commit) {
    byte[] raw = commit.getRawBuffer();
    int start = RawParseUtils.commitMessage(raw, 0);
    return start < 0 ? "" : RawParseUtils.decode(charset(commit), raw, start, raw.length);
  }

  private static Charset charset(RevCommit commit) {
    try {
      return commit.getEncoding();
    } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
      return StandardCharsets.UTF_8;
    }
  }

  /** The beginning of a text, without half a character at its end. */
  private static String cut(String text, int most) {
    if (text.length() <= most) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(most - 1)) ? most - 1 : most;
    return text.substring(0, end);
  }
}
