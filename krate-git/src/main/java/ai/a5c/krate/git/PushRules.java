package ai.a5c.krate.git;

import ai.a5c.krate.api.git.RefName;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jgit.internal.JGitText;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.transport.ReceiveCommand;
import org.eclipse.jgit.transport.ReceiveCommand.Result;

/**
 * What no gate may allow: refs that nobody pushes to, names that cannot stand beside others,
 * branches that are not commits. Every refusal is one line for the person who pushed.
 *
 * <p>Branches, tags and notes can be pushed. All else under {@code refs/}, {@code refs/pull/} above
 * all, is written by the server.
 */
final class PushRules {
  static final String NOTES = "refs/notes/";

  private final StoredRefs rows;

  PushRules(StoredRefs rows) {
    this.rows = rows;
  }

  /** Sets the result of every command that cannot be; the others stay not attempted. */
  void apply(List<ReceiveCommand> commands, ObjectTypes types) {
    Map<String, Integer> named = new HashMap<>();
    commands.forEach(command -> named.merge(command.getRefName(), 1, Integer::sum));
    for (ReceiveCommand command : commands) {
      explain(command);
      // Whoever may not push there at all is not told to fetch first.
      Optional<String> place = refusedPlace(command.getRefName());
      if (place.isPresent()) {
        command.setResult(Result.REJECTED_OTHER_REASON, place.get());
        continue;
      }
      if (command.getResult() != Result.NOT_ATTEMPTED) {
        continue;
      }
      objection(command, named, types)
          .ifPresent(why -> command.setResult(Result.REJECTED_OTHER_REASON, why));
    }
  }

  /** The type of an object, which is received or settled. */
  @FunctionalInterface
  interface ObjectTypes {
    int of(org.eclipse.jgit.lib.ObjectId id);
  }

  /** Words JGit's own refusals of a stale view as Git's users know them. */
  private static void explain(ReceiveCommand command) {
    String message = command.getMessage();
    if (message == null || command.getResult() != Result.REJECTED_OTHER_REASON) {
      return;
    }
    JGitText text = JGitText.get();
    if (message.equals(text.invalidOldIdSent)) {
      command.setResult(Result.REJECTED_OTHER_REASON, "fetch first: the ref has moved");
    } else if (message.equals(text.refAlreadyExists)) {
      command.setResult(Result.REJECTED_OTHER_REASON, "fetch first: the ref already exists");
    } else if (message.equals(text.noSuchRef)) {
      command.setResult(Result.REJECTED_OTHER_REASON, "fetch first: the ref no longer exists");
    } else if (message.equals(text.funnyRefname)) {
      command.setResult(Result.REJECTED_OTHER_REASON, "not a name that a ref can have");
    }
  }

  private Optional<String> objection(
      ReceiveCommand command, Map<String, Integer> named, ObjectTypes types) {
    String name = command.getRefName();
    if (named.getOrDefault(name, 0) > 1) {
      return Optional.of("the push names this ref twice");
    }
    if (command.getType() == ReceiveCommand.Type.DELETE) {
      return command.getRef() == null ? Optional.of("the ref does not exist") : Optional.empty();
    }
    if (!name.startsWith(RefName.TAGS) && types.of(command.getNewId()) != Constants.OBJ_COMMIT) {
      return Optional.of("only a tag may point to something other than a commit");
    }
    return command.getRef() == null ? conflict(name, named) : Optional.empty();
  }

  private static Optional<String> refusedPlace(String name) {
    if (name.startsWith(RefName.PULL)) {
      return Optional.of("pull request refs are read-only");
    }
    Optional<RefName> ref = RefName.parse(name);
    if (ref.isEmpty()) {
      return Optional.of("not a name that a ref can have");
    }
    if (name.startsWith(RefName.HEADS)) {
      return RefName.ofBranch(name.substring(RefName.HEADS.length())).isEmpty()
          ? Optional.of("not a name that a branch can have")
          : Optional.empty();
    }
    return name.startsWith(RefName.TAGS) || name.startsWith(NOTES)
        ? Optional.empty()
        : Optional.of("only branches, tags and notes can be pushed");
  }

  /** Native Git keeps refs as files, where a name cannot also be the folder of another. */
  private Optional<String> conflict(String name, Map<String, Integer> named) {
    for (int slash = name.lastIndexOf('/');
        slash > "refs/heads".length();
        slash = name.lastIndexOf('/', slash - 1)) {
      String above = name.substring(0, slash);
      if (named.containsKey(above) || RefName.parse(above).flatMap(rows::at).isPresent()) {
        return Optional.of("the ref " + above + " is in the way");
      }
    }
    String below = name + "/";
    if (rows.anyWithPrefix(below) || named.keySet().stream().anyMatch(n -> n.startsWith(below))) {
      return Optional.of("refs below " + below + " are in the way");
    }
    return Optional.empty();
  }
}
