package ai.a5c.krate.git;

import ai.a5c.krate.api.git.RefName;
import ai.a5c.krate.spi.git.CopyRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.errors.TooLargeObjectInPackException;
import org.eclipse.jgit.internal.storage.file.ObjectDirectory;
import org.eclipse.jgit.internal.storage.pack.PackWriter;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.lib.EmptyProgressMonitor;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.storage.pack.PackConfig;
import org.eclipse.jgit.transport.PackParser;

/**
 * Copies objects from one repository into a quarantine of another one: as one pack of what the
 * wanted objects reach and the other's refs do not, which is then received like that of a push. So
 * nothing comes along that only lay beside it, and what is damaged stays where it is.
 */
final class Copies {
  private static final int REFS_COMPARED = 10_000;

  private final Config config;
  private final GitSettings settings;

  Copies(Config config, GitSettings settings) {
    this.config = config;
    this.settings = settings;
  }

  /** More than the bound. */
  static final class TooLargeException extends IOException {
    private static final long serialVersionUID = 1L;

    TooLargeException(String why) {
      super(why);
    }
  }

  /**
   * Copies.
   *
   * @param wants what is wanted
   * @param bound how much it may be
   * @param from the objects of the one repository
   * @param to the objects of the other
   * @param rows the refs of the other
   * @param folder a new folder of its own, for the quarantine
   * @throws MissingObjectException if {@code from} lacks something
   */
  void copy(
      Set<ObjectId> wants,
      CopyRequest.Bound bound,
      ObjectDirectory from,
      ObjectDirectory to,
      StoredRefs rows,
      Path folder)
      throws IOException {
    boolean bounded = bound == CopyRequest.Bound.PUSH;
    Path pack = folder.resolve("outgoing");
    Set<ObjectId> known;
    long objects;
    try (ObjectReader reader = from.newReader()) {
      for (ObjectId want : wants) {
        if (!reader.has(want)) {
          throw new MissingObjectException(want, "object");
        }
      }
      known = known(rows, reader);
      objects = write(reader, wants, known, pack, bounded);
    }
    var received = new ReceivedObjects(bounded ? settings.maxInflatedBytes() : Long.MAX_VALUE);
    if (objects > 0) {
      receive(pack, folder.resolve("objects"), to, received, bounded);
    }
    Files.delete(pack);
    new Connectivity(received, to).check(wants, known, rows);
  }

  /** What refs of the other repository point to and this one has, too. */
  private static Set<ObjectId> known(StoredRefs rows, ObjectReader reader) throws IOException {
    Set<ObjectId> known = new HashSet<>();
    int compared = 0;
    for (String prefix : new String[] {RefName.HEADS, RefName.TAGS, RefName.PULL}) {
      for (Map.Entry<RefName, ai.a5c.krate.api.git.ObjectId> ref : rows.each(prefix)) {
        if (compared++ == REFS_COMPARED) {
          return known;
        }
        ObjectId target = ObjectId.fromString(ref.getValue().hex());
        if (!known.contains(target) && reader.has(target)) {
          known.add(target);
        }
      }
    }
    return known;
  }

  private long write(
      ObjectReader reader, Set<ObjectId> wants, Set<ObjectId> known, Path pack, boolean bounded)
      throws IOException {
    var form = new PackConfig();
    form.setDeltaCompress(false);
    form.setThreads(1);
    var monitor = new Interruptible();
    try (var writer = new PackWriter(form, reader);
        OutputStream out =
            new Bounded(
                Files.newOutputStream(pack, StandardOpenOption.CREATE_NEW),
                bounded ? settings.maxPackBytes() : Long.MAX_VALUE)) {
      writer.setThin(false);
      writer.setDeltaBaseAsOffset(true);
      try {
        writer.preparePack(monitor, wants, known);
      } catch (StackOverflowError e) { // JGit goes through what is known by recursion
        throw new TooLargeException("folders nested too deep");
      }
      if (bounded && writer.getObjectCount() > settings.maxObjects()) {
        throw new TooLargeException(
            writer.getObjectCount() + " objects, more than the limit of " + settings.maxObjects());
      }
      writer.writePack(monitor, monitor, out);
      return writer.getObjectCount();
    }
  }

  private void receive(
      Path pack, Path folder, ObjectDirectory to, ReceivedObjects received, boolean bounded)
      throws IOException {
    var parsed = new boolean[1];
    try (var objects =
        new QuarantineObjects(
            config, folder.toFile(), to, id -> parsed[0] && received.contains(id))) {
      objects.create();
      try (InputStream in = Files.newInputStream(pack);
          ObjectInserter inserter = objects.newInserter()) {
        PackParser parser = inserter.newPackParser(in);
        parser.setAllowThin(false);
        parser.setObjectChecker(received);
        parser.setCheckEofAfterPackFooter(true);
        if (bounded) {
          parser.setMaxObjectSizeLimit(settings.maxObjectBytes());
        }
        var monitor = new Interruptible();
        var unused = parser.parse(monitor, monitor);
        inserter.flush();
        parsed[0] = true;
      } catch (TooLargeObjectInPackException e) {
        throw new TooLargeException(
            "an object is larger than the limit of " + settings.maxObjectBytes() + " bytes");
      } catch (IOException e) {
        if (received.isTooMuch()) {
          throw new TooLargeException(
              "the objects inflate to more than the limit of "
                  + settings.maxInflatedBytes()
                  + " bytes");
        }
        throw e;
      }
    }
  }

  /** Ends a long copy when the server does. */
  private static final class Interruptible extends EmptyProgressMonitor {
    @Override
    public boolean isCancelled() {
      return Thread.currentThread().isInterrupted();
    }
  }

  private static final class Bounded extends OutputStream {
    private final OutputStream out;
    private final long limit;
    private long left;

    Bounded(OutputStream out, long limit) {
      this.out = out;
      this.limit = limit;
      this.left = limit;
    }

    @Override
    public void write(int octet) throws IOException {
      take(1);
      out.write(octet);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      take(length);
      out.write(bytes, offset, length);
    }

    private void take(int length) throws IOException {
      left -= length;
      if (left < 0) {
        throw new TooLargeException("a pack of more than the limit of " + limit + " bytes");
      }
    }

    @Override
    public void flush() throws IOException {
      out.flush();
    }

    @Override
    public void close() throws IOException {
      out.close();
    }
  }
}
