package ai.a5c.krate.git;

import ai.a5c.krate.api.git.RefName;
import ai.a5c.krate.api.meta.Uid;
import ai.a5c.krate.spi.git.GitUnavailableException;
import ai.a5c.krate.spi.git.PushGate;
import ai.a5c.krate.spi.git.UnknownRepositoryException;
import ai.a5c.krate.spi.storage.RecordStore;
import ai.a5c.krate.spi.storage.StoreUnavailableException;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.util.AbstractMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.errors.PackProtocolException;
import org.eclipse.jgit.errors.UnpackException;
import org.eclipse.jgit.internal.submodule.SubmoduleValidator;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.lib.StoredConfig;
import org.eclipse.jgit.transport.NonceGenerator;
import org.eclipse.jgit.transport.PushCertificate.NonceStatus;
import org.eclipse.jgit.transport.ReceiveCommand;
import org.eclipse.jgit.transport.ReceivePack;
import org.eclipse.jgit.transport.SignedPushConfig;
import org.jspecify.annotations.Nullable;

/** Receives pushes: each into a quarantine of its own, which a gate decides about. */
final class PushReceiver {
  private static final System.Logger LOG = System.getLogger(PushReceiver.class.getName());
  private static final int BYTES_PER_COMMAND = 512;

  private final RepositoryFolders folders;
  private final Workplace workplace;
  private final PendingPacks pending;
  private final ObjectStores stores;
  private final RecordStore records;
  private final StoredConfig config;
  private final GitSettings settings;

  PushReceiver(Parts parts, RecordStore records, GitSettings settings) {
    this.folders = parts.folders();
    this.workplace = parts.workplace();
    this.pending = parts.pending();
    this.stores = parts.stores();
    this.config = parts.config();
    this.records = records;
    this.settings = settings;
  }

  /** What the requests of one backend share. */
  record Parts(
      RepositoryFolders folders,
      Workplace workplace,
      PendingPacks pending,
      ObjectStores stores,
      StoredConfig config) {}

  void push(Uid repository, RefName head, ClientStreams client, PushGate gate) throws IOException {
    var rows = new StoredRefs(records, repository, settings.refPage());
    boolean withdrawn = false;
    try (ObjectStores.Lease lease = stores.lease(repository);
        QuarantineFolder folder = quarantine(repository)) {
      var received = new ReceivedObjects(settings.maxInflatedBytes());
      var parsed = new Parsing();
      try (var objects =
          new QuarantineObjects(
              config,
              folder.objects().toFile(),
              lease.objects(),
              id -> parsed.done && received.contains(id))) {
        objects.create();
        var seen =
            new RowRepository(folders.folder(repository), objects, rows, head, config, parsed);
        var admission = new PushAdmission(rows, received, folder, client.in(), gate);
        try (var receiver = new Receiver(seen, received)) {
          receiver.configure(admission, head);
          receive(receiver, client);
        }
        withdrawn = folder.willWithdraw();
        admission.throwFault();
      }
    } finally {
      if (withdrawn) {
        stores.forget(repository);
      }
    }
  }

  private static void receive(Receiver receiver, ClientStreams client) throws IOException {
    try {
      receiver.receive(client.in(), client.out(), null);
    } catch (UnpackException | PackProtocolException e) {
      client.throwIfBroken();
      receiver.throwFault();
      LOG.log(System.Logger.Level.DEBUG, "a push was refused", e); // the client has been told
    } catch (EOFException e) {
      throw client.ended(e);
    }
    client.throwIfBroken();
  }

  private QuarantineFolder quarantine(Uid repository) throws IOException {
    var folder = workplace.fresh("push");
    Files.createDirectories(folder);
    return new QuarantineFolder(folder, folders.objects(repository), pending, settings.failPoint());
  }

  /** Whether the pack has been parsed, before which none of its objects can be read. */
  private final class Parsing implements RowRepository.Receiving {
    private boolean done;

    @Override
    public InputStream bounded(InputStream pack) {
      return new PackStream(pack, settings.maxObjects());
    }

    @Override
    public void parsed() {
      done = true;
    }
  }

  private final class Receiver extends ReceivePack implements AutoCloseable {
    private final ReceivedObjects received;
    private final QuarantineObjects objects;
    private final StoredRefs rows;
    private @Nullable RuntimeException fault;

    Receiver(RowRepository repository, ReceivedObjects received) {
      super(repository);
      this.received = received;
      this.objects = (QuarantineObjects) repository.getObjectDatabase();
      this.rows = repository.getRefDatabase().rows();
    }

    void configure(PushAdmission admission, RefName head) throws IOException {
      ReceiveAdvertisement.configure(this);
      setBiDirectionalPipe(false);
      setObjectChecker(received);
      setMaxObjectSizeLimit(settings.maxObjectBytes());
      setMaxPackSizeLimit(settings.maxPackBytes());
      setMaxCommandBytes((long) settings.maxCommands() * BYTES_PER_COMMAND + (1 << 16));
      setSignedPushConfig(recognizing());
      setPreReceiveHook(admission);
      Repository repository = getRepository();
      setRefFilter(refs -> new NamedRefs(repository));
      setAdvertisedRefs(Map.of(), Set.of());
      connectivityChecker = (info, haves, progress) -> checkConnectivity(info.getCommands(), head);
    }

    @Override
    protected void receivePackAndCheckConnectivity() throws IOException {
      requireBounds();
      try {
        super.receivePackAndCheckConnectivity();
      } catch (SubmoduleValidator.SubmoduleValidationException e) {
        throw new IOException(".gitmodules: " + e.getMessage(), e);
      } catch (MissingObjectException e) {
        throw new IOException("missing object " + e.getObjectId().name(), e);
      } catch (StoreUnavailableException | UnknownRepositoryException e) {
        throw remember(e);
      } catch (FileSystemException | FileNotFoundException e) {
        throw remember(new GitUnavailableException("cannot write what is pushed", e));
      } catch (RuntimeException e) {
        throw new IOException("the pack is malformed", e);
      }
    }

    /** Tells the client no detail of a fault that is not its own. */
    private IOException remember(RuntimeException e) {
      fault = e;
      return new IOException("the server failed; nothing was changed, push again later", e);
    }

    /** Throws what was not the client's fault. */
    void throwFault() {
      if (fault != null) {
        throw fault;
      }
    }

    private void requireBounds() throws PackProtocolException {
      if (getAllCommands().size() > settings.maxCommands()) {
        throw new PackProtocolException(
            "the push names more than " + settings.maxCommands() + " refs");
      }
      List<String> options = Optional.ofNullable(getPushOptions()).orElse(List.of());
      if (options.size() > settings.maxPushOptions()) {
        throw new PackProtocolException(
            "the push has more than " + settings.maxPushOptions() + " options");
      }
      for (String option : options) {
        if (option.length() > settings.maxPushOptionBytes()
            || option.chars().anyMatch(c -> c == 0 || c == '\n')) {
          throw new PackProtocolException("a push option is too long or not one line of text");
        }
      }
    }

    private void checkConnectivity(List<ReceiveCommand> commands, RefName head) throws IOException {
      var tips = new HashSet<ObjectId>();
      var known = new HashSet<ObjectId>();
      for (ReceiveCommand command : commands) {
        if (command.getType() != ReceiveCommand.Type.DELETE) {
          tips.add(command.getNewId());
        }
        if (command.getRef() != null && command.getRef().getObjectId() != null) {
          known.add(command.getRef().getObjectId());
        }
      }
      rows.at(head).flatMap(Ids::jgit).ifPresent(known::add);
      new Connectivity(received, objects.repository()).check(tips, known, rows);
    }

    /** Lets go of the walk if {@code receive} was never reached. */
    @Override
    public void close() {
      getRevWalk().close();
    }
  }

  /**
   * Parses push certificates though none is asked for, so that one is refused and not taken for a
   * plain push.
   */
  private static SignedPushConfig recognizing() {
    var signed = new SignedPushConfig();
    signed.setNonceGenerator(
        new NonceGenerator() {
          @Override
          public String createNonce(Repository repository, long timestamp) {
            return "none";
          }

          @Override
          public NonceStatus verify(
              String nonce, String sent, Repository repository, boolean advance, int slop) {
            return NonceStatus.BAD;
          }
        });
    return signed;
  }

  /** Looks refs up by name when a command names them; it never lists any. */
  private static final class NamedRefs extends AbstractMap<String, Ref> {
    private final Repository repository;
    private final Map<String, Optional<Ref>> found = new HashMap<>();

    NamedRefs(Repository repository) {
      this.repository = repository;
    }

    @Override
    public @Nullable Ref get(Object name) {
      if (!(name instanceof String text) || !text.startsWith("refs/")) {
        return null;
      }
      return found.computeIfAbsent(text, this::read).orElse(null);
    }

    private Optional<Ref> read(String name) {
      try {
        return Optional.ofNullable(repository.exactRef(name));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public Set<Entry<String, Ref>> entrySet() {
      return Set.of();
    }
  }
}
