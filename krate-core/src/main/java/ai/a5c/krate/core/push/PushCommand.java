package ai.a5c.krate.core.push;

import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.apiserver.audit.ShellText;
import ai.a5c.krate.spi.git.Quarantine;
import ai.a5c.krate.spi.git.RefUpdate;
import java.util.Collection;

/**
 * The git command that makes updates of a push again, from any clone that has the objects: each is
 * named by its id.
 */
final class PushCommand {
  private static final int LONGEST = 64 * 1024;

  private PushCommand() {}

  /** The command for some updates of what was pushed to the address. */
  static String of(String address, Quarantine pushed, Collection<RefUpdate> updates) {
    var command = new StringBuilder("git push");
    if (pushed.atomic()) {
      command.append(" --atomic");
    }
    for (String option : pushed.options()) {
      command.append(' ').append(ShellText.word("--push-option=" + option));
    }
    command.append(' ').append(ShellText.word(address));
    for (RefUpdate update : updates) {
      command.append(' ').append(ShellText.word(refspec(update)));
      if (command.length() > LONGEST) {
        return ShellText.comment(
            "The command is left out, because it would be longer than "
                + LONGEST
                + " characters: a push of "
                + updates.size()
                + " refs to "
                + address);
      }
    }
    return command.toString();
  }

  private static String refspec(RefUpdate update) {
    ObjectId target = update.target();
    if (target == null) {
      return ":" + update.ref();
    }
    return (update.forced() ? "+" : "") + target + ":" + update.ref();
  }
}
