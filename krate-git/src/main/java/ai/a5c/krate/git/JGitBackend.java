package ai.a5c.krate.git;

import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.git.RefName;
import ai.a5c.krate.api.meta.Uid;
import ai.a5c.krate.spi.git.ChangedPaths;
import ai.a5c.krate.spi.git.CommitLog;
import ai.a5c.krate.spi.git.CommitTooLargeException;
import ai.a5c.krate.spi.git.Comparison;
import ai.a5c.krate.spi.git.CopyAttempt;
import ai.a5c.krate.spi.git.CopyRequest;
import ai.a5c.krate.spi.git.FolderFiles;
import ai.a5c.krate.spi.git.GitBackend;
import ai.a5c.krate.spi.git.GitService;
import ai.a5c.krate.spi.git.GitUnavailableException;
import ai.a5c.krate.spi.git.MergeAttempt;
import ai.a5c.krate.spi.git.MergeRequest;
import ai.a5c.krate.spi.git.PushGate;
import ai.a5c.krate.spi.storage.RecordStore;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.StoredConfig;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.jspecify.annotations.Nullable;

/**
 * Repositories on a disk, which several processes may share, with refs in a record store.
 *
 * <p>What is pushed becomes one pack, forced to disk before the transaction that moves the refs
 * begins, and marked until that has committed. Fetches serve what refs reach and nothing else. A
 * process that died leaves at most a pack that no ref reaches; its quarantines are removed when the
 * next backend opens the same root.
 *
 * <p>Makes JGit hermetic and bounds its caches for the whole process: both are process-wide in
 * JGit.
 */
public final class JGitBackend implements GitBackend {
  private static final System.Logger LOG = System.getLogger(JGitBackend.class.getName());

  private final RecordStore records;
  private final GitSettings settings;
  private final Workplace workplace;
  private final RepositoryFolders folders;
  private final PendingPacks pending;
  private final ObjectStores stores;
  private final StoredConfig config = new FixedConfig();
  private final PushReceiver pushes;
  private final Merges merges;
  private final Copies copies;
  private final OpenRequests requests = new OpenRequests();

  /** Opens the repositories under a folder with the settings of production. */
  public JGitBackend(Path root, RecordStore records) {
    this(root, records, GitSettings.defaults());
  }

  /**
   * Opens the repositories under a folder, which is made if need be.
   *
   * @param records keeps the refs; it stays the caller's
   * @throws GitUnavailableException if the folder cannot be used
   */
  public JGitBackend(Path root, RecordStore records, GitSettings settings) {
    HermeticSystem.install(settings.cacheBytes());
    this.records = records;
    this.settings = settings;
    try {
      Path real = root.toAbsolutePath().normalize();
      DurableFiles.createFolders(real.resolve("repositories"));
      workplace = Workplace.open(real.resolve("quarantine"));
      folders = new RepositoryFolders(real.resolve("repositories"), workplace);
    } catch (IOException e) {
      throw new GitUnavailableException("cannot use " + root, e);
    }
    pending = new PendingPacks(workplace);
    stores = new ObjectStores(folders, pending, config, settings.openRepositories());
    pushes =
        new PushReceiver(
            new PushReceiver.Parts(folders, workplace, pending, stores, config), records, settings);
    merges = new Merges(config, settings.maxMergeBytes());
    copies = new Copies(config, settings);
  }

  @Override
  public void create(Uid repository) {
    try (var request = requests.begin()) {
      folders.create(repository);
    } catch (IOException e) {
      throw new GitUnavailableException("cannot create repository " + repository, e);
    }
  }

  @Override
  public void delete(Uid repository) {
    try (var request = requests.begin()) {
      folders.delete(repository);
      stores.forget(repository);
    } catch (IOException e) {
      throw new GitUnavailableException("cannot delete repository " + repository, e);
    }
  }

  @Override
  public void advertise(
      Uid repository, GitService service, @Nullable String protocol, RefName head, OutputStream out)
      throws IOException {
    try (var request = requests.begin();
        ObjectStores.Lease lease = lease(repository);
        RowRepository seen = seen(repository, head, lease)) {
      switch (service) {
        case UPLOAD_PACK -> FetchServer.advertise(seen, protocol, out);
        case RECEIVE_PACK -> ReceiveAdvertisement.write(seen, out);
      }
    }
  }

  @Override
  public void fetch(
      Uid repository, @Nullable String protocol, RefName head, InputStream in, OutputStream out)
      throws IOException {
    try (var request = requests.begin();
        ObjectStores.Lease lease = lease(repository);
        RowRepository seen = seen(repository, head, lease)) {
      FetchServer.serve(seen, protocol, new ClientStreams(in, out));
    }
  }

  @Override
  public void push(Uid repository, RefName head, InputStream in, OutputStream out, PushGate gate)
      throws IOException {
    var client = new ClientStreams(in, out);
    try (var request = requests.begin()) {
      pushes.push(repository, head, client, gate);
    } catch (IOException e) {
      client.throwIfBroken();
      throw new GitUnavailableException("a push failed", e);
    }
  }

  @Override
  public MergeAttempt merge(Uid repository, MergeRequest request) {
    OpenRequests.Token token = requests.begin();
    try {
      ObjectStores.Lease lease = lease(repository);
      MergeAttempt attempt;
      try {
        attempt =
            merges.attempt(
                request,
                lease.objects().newReader(),
                draft -> prepared(repository, draft, lease, token));
      } catch (RuntimeException e) {
        lease.close();
        throw e;
      }
      if (!(attempt instanceof MergeAttempt.Merged)) {
        lease.close();
        token.close();
      }
      return attempt;
    } catch (RuntimeException e) {
      token.close();
      throw e;
    }
  }

  /** A merge holds its repository open, and the backend, until the caller closes it. */
  private MergeAttempt prepared(
      Uid repository, Merges.Draft draft, ObjectStores.Lease lease, OpenRequests.Token token) {
    var quarantine =
        new QuarantineFolder(
            workplace.fresh("merge"), folders.objects(repository), pending, settings.failPoint());
    return new MergeAttempt.Merged(
        new DraftMerge(
            draft,
            quarantine,
            config,
            withdrawn -> {
              lease.close();
              if (withdrawn) {
                stores.forget(repository);
              }
              token.close();
            }));
  }

  @Override
  public CopyAttempt copy(CopyRequest request) {
    OpenRequests.Token token = requests.begin();
    CopyAttempt attempt = null;
    try {
      ObjectStores.Lease to = lease(request.to());
      try (ObjectStores.Lease from = lease(request.from())) {
        attempt = copy(request, from, to, token);
      } finally {
        if (!(attempt instanceof CopyAttempt.Copied)) {
          to.close();
        }
      }
      return attempt;
    } finally {
      if (!(attempt instanceof CopyAttempt.Copied)) {
        token.close();
      }
    }
  }

  /** A copy holds the repository that it goes to open, and the backend, until it is closed. */
  private CopyAttempt copy(
      CopyRequest request,
      ObjectStores.Lease from,
      ObjectStores.Lease to,
      OpenRequests.Token token) {
    Path place = workplace.fresh("copy");
    var quarantine =
        new QuarantineFolder(place, folders.objects(request.to()), pending, settings.failPoint());
    Set<org.eclipse.jgit.lib.ObjectId> wants = new HashSet<>();
    for (ObjectId want : request.wants()) {
      Optional<org.eclipse.jgit.lib.ObjectId> known = Ids.jgit(want);
      if (known.isEmpty()) {
        return new CopyAttempt.Missing(want);
      }
      wants.add(known.get());
    }
    boolean copied = false;
    try {
      Files.createDirectories(place);
      copies.copy(
          wants,
          request.bound(),
          from.objects(),
          to.objects(),
          new StoredRefs(records, request.to(), settings.refPage()),
          place);
      copied = true;
      return new CopyAttempt.Copied(
          new QuarantinedCopy(
              quarantine,
              withdrawn -> {
                to.close();
                if (withdrawn) {
                  stores.forget(request.to());
                }
                token.close();
              }));
    } catch (Copies.TooLargeException e) {
      return new CopyAttempt.TooLarge(String.valueOf(e.getMessage()));
    } catch (MissingObjectException e) {
      return new CopyAttempt.Missing(Ids.krate(e.getObjectId()));
    } catch (IOException e) {
      throw new GitUnavailableException("cannot copy objects", e);
    } finally {
      if (!copied) {
        discard(place);
      }
    }
  }

  private static void discard(Path quarantine) {
    try {
      DurableFiles.deleteTree(quarantine);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "a quarantine is left until the next start", e);
    }
  }

  @Override
  public Optional<Comparison> compare(Uid repository, ObjectId target, ObjectId head) {
    try (var request = requests.begin();
        ObjectStores.Lease lease = lease(repository);
        ObjectReader reader = lease.objects().newReader();
        var walk = new RevWalk(reader)) {
      RevCommit from = Merges.parse(walk, target);
      RevCommit to = Merges.parse(walk, head);
      if (from == null || to == null) {
        return Optional.empty();
      }
      return Optional.of(new Comparing(reader, config).compare(walk, from, to));
    } catch (IOException e) {
      throw new GitUnavailableException("cannot compare commits", e);
    }
  }

  @Override
  public boolean contains(Uid repository, ObjectId commit, ObjectId ancestor) {
    try (var request = requests.begin();
        ObjectStores.Lease lease = lease(repository);
        ObjectReader reader = lease.objects().newReader();
        var walk = new RevWalk(reader)) {
      RevCommit tip = Merges.parse(walk, commit);
      RevCommit base = Merges.parse(walk, ancestor);
      return tip != null && base != null && walk.isMergedInto(base, tip);
    } catch (IOException e) {
      throw new GitUnavailableException("cannot compare commits", e);
    }
  }

  @Override
  public Optional<ObjectId> mergeBase(Uid repository, ObjectId one, ObjectId other) {
    try (var request = requests.begin();
        ObjectStores.Lease lease = lease(repository);
        ObjectReader reader = lease.objects().newReader();
        var walk = new RevWalk(reader)) {
      RevCommit left = Merges.parse(walk, one);
      RevCommit right = Merges.parse(walk, other);
      return left == null || right == null
          ? Optional.empty()
          : Optional.ofNullable(Merges.mergeBase(walk, left, right)).map(Ids::krate);
    } catch (IOException e) {
      throw new GitUnavailableException("cannot compare commits", e);
    }
  }

  @Override
  public Optional<FolderFiles> files(Uid repository, ObjectId commit, FolderFiles.Wanted wanted) {
    try (var request = requests.begin();
        ObjectStores.Lease lease = lease(repository);
        ObjectReader reader = lease.objects().newReader();
        var walk = new RevWalk(reader)) {
      RevCommit at = Merges.parse(walk, commit);
      return at == null ? Optional.empty() : Optional.of(Contents.files(reader, at, wanted));
    } catch (IOException e) {
      throw new GitUnavailableException("cannot read files", e);
    }
  }

  @Override
  public Optional<ChangedPaths> changedPaths(Uid repository, ObjectId from, ObjectId to, int most) {
    try (var request = requests.begin();
        ObjectStores.Lease lease = lease(repository);
        ObjectReader reader = lease.objects().newReader();
        var walk = new RevWalk(reader)) {
      RevCommit before = Merges.parse(walk, from);
      RevCommit after = Merges.parse(walk, to);
      return before == null || after == null
          ? Optional.empty()
          : Optional.of(Contents.changed(reader, before, after, most));
    } catch (IOException e) {
      throw new GitUnavailableException("cannot compare commits", e);
    }
  }

  @Override
  public Optional<CommitLog> log(Uid repository, ObjectId tip, @Nullable ObjectId known, int most) {
    try (var request = requests.begin();
        ObjectStores.Lease lease = lease(repository);
        ObjectReader reader = lease.objects().newReader();
        var walk = new RevWalk(reader)) {
      RevCommit from = Merges.parse(walk, tip);
      return from == null
          ? Optional.empty()
          : Optional.of(
              Logs.between(walk, from, known == null ? null : Merges.parse(walk, known), most));
    } catch (IOException e) {
      throw new GitUnavailableException("cannot list commits", e);
    }
  }

  @Override
  public boolean archive(Uid repository, ObjectId commit, OutputStream out) throws IOException {
    try (var request = requests.begin();
        ObjectStores.Lease lease = lease(repository);
        ObjectReader reader = lease.objects().newReader();
        var walk = new RevWalk(reader)) {
      RevCommit found;
      try {
        found = Merges.parse(walk, commit);
      } catch (IOException e) {
        throw new GitUnavailableException("cannot read a commit", e);
      }
      if (found == null) {
        return false;
      }
      new TreeArchive(reader, settings.maxInflatedBytes()).write(found, out);
      return true;
    } catch (TreeBudget.ExceededException e) {
      throw new CommitTooLargeException("commit %s has %s".formatted(commit, e.getMessage()), e);
    }
  }

  @Override
  public void export(Uid repository, RefName head, Path folder) {
    try (var request = requests.begin();
        ObjectStores.Lease lease = lease(repository);
        ObjectReader reader = lease.objects().newReader()) {
      new Exporter(folders.objects(repository), reader)
          .export(new StoredRefs(records, repository, settings.refPage()), head, folder);
    } catch (IOException e) {
      throw new GitUnavailableException("cannot export repository " + repository, e);
    }
  }

  @Override
  public void close() {
    if (!requests.end()) {
      return;
    }
    stores.close();
    try {
      workplace.close();
    } catch (IOException e) {
      throw new GitUnavailableException("cannot tidy the workplace", e);
    }
  }

  private ObjectStores.Lease lease(Uid repository) {
    try {
      return stores.lease(repository);
    } catch (IOException e) {
      throw new GitUnavailableException("cannot open repository " + repository, e);
    }
  }

  private RowRepository seen(Uid repository, RefName head, ObjectStores.Lease lease) {
    return new RowRepository(
        folders.folder(repository),
        lease.objects(),
        new StoredRefs(records, repository, settings.refPage()),
        head,
        config);
  }
}
