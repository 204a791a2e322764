package ai.a5c.krate.testkit.storage;

import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.git.RefName;
import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.api.meta.Uid;
import ai.a5c.krate.spi.blob.BlobStore;
import ai.a5c.krate.spi.lease.Leases;
import ai.a5c.krate.spi.storage.Boundary;
import ai.a5c.krate.spi.storage.Change;
import ai.a5c.krate.spi.storage.ChangeFeed;
import ai.a5c.krate.spi.storage.CommitOutcome;
import ai.a5c.krate.spi.storage.Key;
import ai.a5c.krate.spi.storage.ListRequest;
import ai.a5c.krate.spi.storage.Listing;
import ai.a5c.krate.spi.storage.Operation;
import ai.a5c.krate.spi.storage.RecordStore;
import ai.a5c.krate.spi.storage.RefListing;
import ai.a5c.krate.spi.storage.ResourceStore;
import ai.a5c.krate.spi.storage.Slot;
import ai.a5c.krate.spi.storage.Storage;
import ai.a5c.krate.spi.storage.StoredObject;
import ai.a5c.krate.spi.storage.Template;
import ai.a5c.krate.spi.storage.Transaction;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A store that is right but for what a subclass bends. */
class BentStorage implements Storage {
  final FakeStorage whole;

  BentStorage(FakeStorage whole) {
    this.whole = whole;
  }

  Revision head(ResourceStore<?> store) {
    return store.head();
  }

  <B extends Boundary> Optional<StoredObject> get(ResourceStore<B> store, Key<B> key) {
    return store.get(key);
  }

  <B extends Boundary> List<StoredObject> getAll(ResourceStore<B> store, Collection<Key<B>> keys) {
    return store.getAll(keys);
  }

  Listing list(ResourceStore<?> store, ListRequest request) {
    return store.list(request);
  }

  <B extends Boundary> CommitOutcome commit(ResourceStore<B> store, Transaction<B> transaction) {
    return store.commit(transaction);
  }

  ChangeFeed changes(ResourceStore<?> store, Revision after) {
    return store.changes(after);
  }

  long counter(ResourceStore<?> store, String name) {
    return store.counter(name);
  }

  Optional<ObjectId> ref(Uid repository, RefName name) {
    return whole.records().ref(repository, name);
  }

  RefListing refs(Uid repository, String prefix, @Nullable RefName after, int limit) {
    return whole.records().refs(repository, prefix, after, limit);
  }

  void compact(Revision upTo) {
    whole.compact(upTo);
  }

  @Override
  public void close() {
    whole.close();
  }

  @Override
  public Leases leases() {
    return whole.leases();
  }

  @Override
  public BlobStore blobs() {
    return whole.blobs();
  }

  @Override
  public final ResourceStore<Boundary.Configuration> configuration() {
    return new Store<>(whole.configuration());
  }

  @Override
  public final RecordStore records() {
    return new Records();
  }

  /** The same transaction with other operations. */
  static <B extends Boundary> Transaction<B> map(
      Transaction<B> transaction, UnaryOperator<Operation<B>> bend) {
    return new Transaction<>(
        transaction.actor(), transaction.operations().stream().map(bend).toList());
  }

  /** The template with some slots replaced. */
  static Template slots(Template template, Function<Slot, Template.Part> bend) {
    return new Template(
        template.parts().stream()
            .map(part -> part instanceof Template.Part.Open(Slot slot) ? bend.apply(slot) : part)
            .toList());
  }

  static Template.Part literal(String text) {
    return Template.of(text).parts().getFirst();
  }

  /** A feed whose changes are bent one by one, or left out for null. */
  static ChangeFeed each(ChangeFeed feed, Function<Change, @Nullable Change> bend) {
    return new BentFeed(feed) {
      @Override
      public Batch next() throws InterruptedException {
        Batch batch = super.next();
        List<Change> bent =
            batch.changes().stream().map(bend).filter(change -> change != null).toList();
        return new Batch(bent, batch.upTo());
      }
    };
  }

  /** A feed that is right but for what a subclass bends. */
  static class BentFeed implements ChangeFeed {
    ChangeFeed feed;

    BentFeed(ChangeFeed feed) {
      this.feed = feed;
    }

    @Override
    public Batch next() throws InterruptedException {
      return feed.next();
    }

    @Override
    public void close() {
      feed.close();
    }
  }

  private class Store<B extends Boundary> implements ResourceStore<B> {
    private final ResourceStore<B> store;

    Store(ResourceStore<B> store) {
      this.store = store;
    }

    @Override
    public B boundary() {
      return store.boundary();
    }

    @Override
    public Revision head() {
      return BentStorage.this.head(store);
    }

    @Override
    public Optional<StoredObject> get(Key<B> key) {
      return BentStorage.this.get(store, key);
    }

    @Override
    public List<StoredObject> getAll(Collection<Key<B>> keys) {
      return BentStorage.this.getAll(store, keys);
    }

    @Override
    public Listing list(ListRequest request) {
      return BentStorage.this.list(store, request);
    }

    @Override
    public CommitOutcome commit(Transaction<B> transaction) {
      return BentStorage.this.commit(store, transaction);
    }

    @Override
    public ChangeFeed changes(Revision after) {
      return BentStorage.this.changes(store, after);
    }

    @Override
    public long counter(String name) {
      return BentStorage.this.counter(store, name);
    }
  }

  private final class Records extends Store<Boundary.Records> implements RecordStore {
    Records() {
      super(whole.records());
    }

    @Override
    public Optional<ObjectId> ref(Uid repository, RefName name) {
      return BentStorage.this.ref(repository, name);
    }

    @Override
    public RefListing refs(Uid repository, String prefix, @Nullable RefName after, int limit) {
      return BentStorage.this.refs(repository, prefix, after, limit);
    }
  }
}
