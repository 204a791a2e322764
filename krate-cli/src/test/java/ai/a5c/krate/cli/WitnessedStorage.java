package ai.a5c.krate.cli;

import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.git.RefName;
import ai.a5c.krate.api.meta.GroupResource;
import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.api.meta.Uid;
import ai.a5c.krate.spi.blob.BlobStore;
import ai.a5c.krate.spi.lease.Leases;
import ai.a5c.krate.spi.storage.Boundary;
import ai.a5c.krate.spi.storage.ChangeFeed;
import ai.a5c.krate.spi.storage.CommitOutcome;
import ai.a5c.krate.spi.storage.Key;
import ai.a5c.krate.spi.storage.ListRequest;
import ai.a5c.krate.spi.storage.Listing;
import ai.a5c.krate.spi.storage.Operation;
import ai.a5c.krate.spi.storage.RecordStore;
import ai.a5c.krate.spi.storage.RefListing;
import ai.a5c.krate.spi.storage.ResourceStore;
import ai.a5c.krate.spi.storage.Storage;
import ai.a5c.krate.spi.storage.StoredObject;
import ai.a5c.krate.spi.storage.Transaction;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A storage that remembers which collections were written through which of its handles. */
final class WitnessedStorage implements Storage {
  private final Storage storage;
  private final Set<GroupResource> records = ConcurrentHashMap.newKeySet();
  private final Set<GroupResource> configuration = ConcurrentHashMap.newKeySet();

  WitnessedStorage(Storage storage) {
    this.storage = storage;
  }

  Set<GroupResource> writtenAsRecords() {
    return records;
  }

  Set<GroupResource> writtenAsConfiguration() {
    return configuration;
  }

  @Override
  public ResourceStore<Boundary.Configuration> configuration() {
    return new Witnessed<>(storage.configuration(), configuration);
  }

  @Override
  public RecordStore records() {
    return new WitnessedRecords(storage.records(), records);
  }

  @Override
  public Leases leases() {
    return storage.leases();
  }

  @Override
  public BlobStore blobs() {
    return storage.blobs();
  }

  @Override
  public void close() {
    storage.close();
  }

  private static class Witnessed<B extends Boundary> implements ResourceStore<B> {
    private final ResourceStore<B> store;
    private final Set<GroupResource> written;

    Witnessed(ResourceStore<B> store, Set<GroupResource> written) {
      this.store = store;
      this.written = written;
    }

    @Override
    public CommitOutcome commit(Transaction<B> transaction) {
      for (Operation<B> operation : transaction.operations()) {
        // The audit trail is one for both sides, and so an append is no write of this side.
        if (operation instanceof Operation.Put<B> put) {
          written.add(put.resource());
        } else if (operation instanceof Operation.Delete<B> delete) {
          written.add(delete.key().resource());
        }
      }
      return store.commit(transaction);
    }

    @Override
    public B boundary() {
      return store.boundary();
    }

    @Override
    public Revision head() {
      return store.head();
    }

    @Override
    public Optional<StoredObject> get(Key<B> key) {
      return store.get(key);
    }

    @Override
    public Listing list(ListRequest request) {
      return store.list(request);
    }

    @Override
    public ChangeFeed changes(Revision after) {
      return store.changes(after);
    }

    @Override
    public long counter(String name) {
      return store.counter(name);
    }
  }

  private static final class WitnessedRecords extends Witnessed<Boundary.Records>
      implements RecordStore {
    private final RecordStore store;

    WitnessedRecords(RecordStore store, Set<GroupResource> written) {
      super(store, written);
      this.store = store;
    }

    @Override
    public Optional<ObjectId> ref(Uid repository, RefName name) {
      return store.ref(repository, name);
    }

    @Override
    public RefListing refs(Uid repository, String prefix, @Nullable RefName after, int limit) {
      return store.refs(repository, prefix, after, limit);
    }
  }
}
