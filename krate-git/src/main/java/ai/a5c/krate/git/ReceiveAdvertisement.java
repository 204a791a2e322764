package ai.a5c.krate.git;

import ai.a5c.krate.api.git.RefName;
import ai.a5c.krate.spi.git.GitService;
import java.io.IOException;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.transport.PacketLineOut;
import org.eclipse.jgit.transport.ReceivePack;
import org.eclipse.jgit.transport.RefAdvertiser.PacketLineOutRefAdvertiser;

/** What a client learns before it pushes: capabilities, and every ref that it might push to. */
final class ReceiveAdvertisement {
  private ReceiveAdvertisement() {}

  /** The capabilities; the same when advertising and when receiving. */
  static void configure(ReceivePack receiver) {
    receiver.setAllowCreates(true);
    receiver.setAllowDeletes(true);
    receiver.setAllowBranchDeletes(true);
    receiver.setAllowNonFastForwards(true);
    receiver.setAllowPushOptions(true);
    receiver.setAllowQuiet(true);
  }

  static void write(Repository repository, OutputStream out) throws IOException {
    var receiver = new ReceivePack(repository);
    try {
      configure(receiver);
      receiver.setAdvertisedRefs(pushable(repository), Set.of());
      var lines = new PacketLineOut(out);
      lines.setFlushOnEnd(false);
      lines.writeString("# service=" + GitService.RECEIVE_PACK.wireName() + "\n");
      lines.end();
      receiver.sendAdvertisedRefs(new PacketLineOutRefAdvertiser(lines));
    } finally {
      receiver.getRevWalk().close();
    }
  }

  private static Map<String, Ref> pushable(Repository repository) throws IOException {
    var refs = new LinkedHashMap<String, Ref>();
    for (Ref ref : repository.getRefDatabase().getRefsByPrefix(pushablePrefixes())) {
      if (!ref.getName().equals(Constants.HEAD)) {
        refs.put(ref.getName(), ref);
      }
    }
    return refs;
  }

  private static String[] pushablePrefixes() {
    return new String[] {RefName.HEADS, RefName.TAGS, PushRules.NOTES};
  }
}
