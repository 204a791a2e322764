package ai.a5c.krate.git;

import ai.a5c.krate.api.git.RefName;
import ai.a5c.krate.spi.git.PushGate;
import ai.a5c.krate.spi.git.PushOutcome;
import ai.a5c.krate.spi.git.RefUpdate;
import ai.a5c.krate.spi.storage.OutcomeUnknownException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.transport.PreReceiveHook;
import org.eclipse.jgit.transport.ReceiveCommand;
import org.eclipse.jgit.transport.ReceiveCommand.Result;
import org.eclipse.jgit.transport.ReceivePack;
import org.jspecify.annotations.Nullable;

/**
 * Takes the place of JGit's ref updates: decides every command of a push, so that none is left for
 * JGit to attempt.
 *
 * <p>A fault of the gate is reported to the client as a refusal, and kept to be thrown when the
 * report is written.
 */
final class PushAdmission implements PreReceiveHook {
  private static final System.Logger LOG = System.getLogger(PushAdmission.class.getName());
  private final StoredRefs rows;
  private final ReceivedObjects received;
  private final QuarantineFolder folder;
  private final InputStream client;
  private final PushGate gate;
  private @Nullable RuntimeException fault;

  PushAdmission(
      StoredRefs rows,
      ReceivedObjects received,
      QuarantineFolder folder,
      InputStream client,
      PushGate gate) {
    this.rows = rows;
    this.received = received;
    this.folder = folder;
    this.client = client;
    this.gate = gate;
  }

  /** Throws what the gate failed with. */
  void throwFault() {
    if (fault != null) {
      throw fault;
    }
  }

  @Override
  public void onPreReceive(ReceivePack push, Collection<ReceiveCommand> ignored) {
    List<ReceiveCommand> commands = push.getAllCommands();
    if (push.getPushCertificate() != null) {
      refuse(commands, "signed pushes are not supported");
    } else if (!isComplete(commands)) {
      refuse(commands, "unexpected data after the commands");
    } else {
      new PushRules(rows).apply(commands, id -> typeOf(push, id));
    }
    boolean refused =
        commands.stream().anyMatch(command -> command.getResult() != Result.NOT_ATTEMPTED);
    if (push.isAtomic() && refused) {
      refuse(commands, "atomic push: another ref was refused");
      return;
    }
    List<ReceiveCommand> left =
        commands.stream().filter(c -> c.getResult() == Result.NOT_ATTEMPTED).toList();
    if (!left.isEmpty()) {
      ask(push, left);
    }
  }

  /** A push without a pack has been read only up to its last command. */
  private boolean isComplete(List<ReceiveCommand> commands) {
    if (commands.stream().anyMatch(c -> c.getType() != ReceiveCommand.Type.DELETE)) {
      return true;
    }
    try {
      return client.read() < 0;
    } catch (IOException e) {
      return false;
    }
  }

  private int typeOf(ReceivePack push, org.eclipse.jgit.lib.ObjectId id) {
    int type = received.typeOf(id);
    if (type != Constants.OBJ_BAD) {
      return type;
    }
    try (ObjectReader reader = push.getRepository().newObjectReader()) {
      return reader.open(id).getType();
    } catch (IOException e) {
      return Constants.OBJ_BAD;
    }
  }

  private void ask(ReceivePack push, List<ReceiveCommand> commands) {
    var updates = new ArrayList<RefUpdate>();
    for (ReceiveCommand command : commands) {
      updates.add(update(command));
    }
    List<String> options = Optional.ofNullable(push.getPushOptions()).orElse(List.of());
    var quarantine =
        new ReceivedPush(
            new ReceivedPush.Request(rows.repository(), updates, push.isAtomic(), options),
            folder,
            push.getRepository()::newObjectReader);
    try {
      conclude(quarantine, gate.admit(quarantine), commands);
    } catch (OutcomeUnknownException e) {
      keepUndecided();
      fail(commands, "the server lost its database; fetch to see whether the push took effect", e);
    } catch (RuntimeException e) {
      fail(commands, "the server failed; nothing was changed, push again later", e);
    }
  }

  private void conclude(
      ReceivedPush quarantine, PushOutcome outcome, List<ReceiveCommand> commands) {
    Map<RefName, String> objections = outcome.objections();
    boolean committed = false;
    for (int i = 0; i < commands.size(); i++) {
      RefUpdate update = quarantine.updates().get(i);
      String objection = objections.get(update.ref());
      if (objection != null) {
        commands.get(i).setResult(Result.REJECTED_OTHER_REASON, oneLine(objection));
      } else if (quarantine.wasPrepared(update)) {
        commands.get(i).setResult(Result.OK);
        committed = true;
      } else {
        throw new IllegalStateException("the gate accepted " + update.ref() + " unprepared");
      }
    }
    if (committed) {
      settle();
    }
  }

  private void settle() {
    try {
      folder.keep();
    } catch (IOException e) {
      LOG.log(Level.WARNING, "a mark of a committed push is left until the next start", e);
    }
  }

  private void keepUndecided() {
    try {
      folder.keepUndecided();
    } catch (IOException e) {
      LOG.log(Level.WARNING, "a mark of a push is left until the next start", e);
    }
  }

  private static RefUpdate update(ReceiveCommand command) {
    var current = command.getRef();
    boolean deletes = command.getType() == ReceiveCommand.Type.DELETE;
    var old =
        deletes && current != null && current.getObjectId() != null
            ? Ids.krate(current.getObjectId())
            : Ids.krateOrNull(command.getOldId());
    return new RefUpdate(
        new RefName(command.getRefName()),
        old,
        Ids.krateOrNull(command.getNewId()),
        command.getType() == ReceiveCommand.Type.UPDATE_NONFASTFORWARD);
  }

  private void fail(List<ReceiveCommand> commands, String why, RuntimeException cause) {
    fault = cause;
    for (ReceiveCommand command : commands) {
      command.setResult(Result.REJECTED_OTHER_REASON, why);
    }
  }

  private static void refuse(List<ReceiveCommand> commands, String why) {
    for (ReceiveCommand command : commands) {
      if (command.getResult() == Result.NOT_ATTEMPTED) {
        command.setResult(Result.REJECTED_OTHER_REASON, why);
      }
    }
  }

  /** The report has one line for each ref, so a reason cannot have more. */
  private static String oneLine(String reason) {
    return reason.replaceAll("\\p{Cntrl}+", " ").strip();
  }
}
