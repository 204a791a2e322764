package ai.a5c.krate.apiserver.registry;

import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.api.schema.StorageBoundary;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.spi.seal.KeyService;
import ai.a5c.krate.spi.storage.Boundary;
import ai.a5c.krate.spi.storage.CommitOutcome;
import ai.a5c.krate.spi.storage.Expected;
import ai.a5c.krate.spi.storage.Key;
import ai.a5c.krate.spi.storage.ListRequest;
import ai.a5c.krate.spi.storage.Listing;
import ai.a5c.krate.spi.storage.Operation;
import ai.a5c.krate.spi.storage.RecordStore;
import ai.a5c.krate.spi.storage.ResourceStore;
import ai.a5c.krate.spi.storage.Storage;
import ai.a5c.krate.spi.storage.StoredObject;
import ai.a5c.krate.spi.storage.Transaction;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The objects of every kind, each on its side of the storage boundary. Methods block and may be
 * called from many threads at once; they throw what the store throws.
 */
public final class Objects {
  private final Storage storage;
  private final KeyService keys;
  private final Documents documents;

  public Objects(Storage storage, KeyService keys) {
    this.storage = storage;
    this.keys = keys;
    this.documents = new Documents(keys);
  }

  /** What documents are sealed with. */
  public KeyService keys() {
    return keys;
  }

  /** The store's handle on the side where a kind lives. */
  public ResourceStore<?> store(Kind kind) {
    return switch (kind.boundary()) {
      case CONFIGURATION -> storage.configuration();
      case RECORDS -> storage.records();
    };
  }

  /** The configuration's side. */
  public ResourceStore<Boundary.Configuration> configuration() {
    return storage.configuration();
  }

  /** The records' side, with the refs. */
  public RecordStore records() {
    return storage.records();
  }

  /** The object stored under the name now. */
  public Optional<ApiObject> get(Kind kind, String namespace, String name) {
    return stored(kind, namespace, name).map(object -> read(kind, object));
  }

  /** Those of the objects that are stored now, in no order. */
  public List<ApiObject> getAll(Kind kind, String namespace, Collection<String> names) {
    List<StoredObject> stored =
        switch (kind.boundary()) {
          case CONFIGURATION ->
              storage
                  .configuration()
                  .getAll(keys(Boundary.Configuration.CONFIGURATION, kind, namespace, names));
          case RECORDS ->
              storage.records().getAll(keys(Boundary.Records.RECORDS, kind, namespace, names));
        };
    return stored.stream().map(object -> read(kind, object)).toList();
  }

  private static <B extends Boundary> List<Key<B>> keys(
      B side, Kind kind, String namespace, Collection<String> names) {
    return names.stream()
        .filter(name -> !name.isEmpty())
        .map(name -> key(side, kind, namespace, name))
        .toList();
  }

  /** The document stored under the name now. */
  Optional<StoredObject> stored(Kind kind, String namespace, String name) {
    if (name.isEmpty()) {
      return Optional.empty();
    }
    return switch (kind.boundary()) {
      case CONFIGURATION ->
          storage
              .configuration()
              .get(key(Boundary.Configuration.CONFIGURATION, kind, namespace, name));
      case RECORDS -> storage.records().get(key(Boundary.Records.RECORDS, kind, namespace, name));
    };
  }

  /**
   * A part of the kind's collection in one snapshot, as stored: {@link #read} decodes what is
   * needed.
   */
  public Listing list(
      Kind kind,
      @Nullable String namespace,
      ListRequest.@Nullable Place after,
      int limit,
      @Nullable Revision at) {
    return store(kind).list(new ListRequest(kind.resource(), namespace, after, limit, at));
  }

  /** The object of a stored document. */
  public ApiObject read(Kind kind, StoredObject stored) {
    return documents.read(kind, stored);
  }

  /** The JSON text of a stored document, without parsing it where it is stored as such. */
  public Bytes text(Kind kind, StoredObject stored) {
    return stored.keyId() == null ? stored.content() : Json.write(read(kind, stored).json());
  }

  /** What {@link #commit} would reject the plan for, by what is stored now; writes nothing. */
  public Optional<CommitOutcome.Rejected> rehearse(Plan plan) {
    return new Rehearsal(this).rejection(plan);
  }

  /** Commits a plan; the outcome's indexes are those of its steps. */
  public CommitOutcome commit(Plan plan) {
    if (plan.boundary() == StorageBoundary.CONFIGURATION) {
      List<Operation<Boundary.Configuration>> operations = new ArrayList<>();
      for (Step step : plan.steps()) {
        operations.add(operation(Boundary.Configuration.CONFIGURATION, step));
      }
      return storage.configuration().commit(new Transaction<>(plan.actor(), operations));
    }
    List<Operation<Boundary.Records>> operations = new ArrayList<>();
    for (Step step : plan.steps()) {
      operations.add(
          switch (step) {
            case Step.MoveRef ref ->
                new Operation.MoveRef(ref.repository(), ref.ref(), ref.old(), ref.target());
            case Step.RequireRef ref ->
                new Operation.RequireRef(ref.repository(), ref.ref(), ref.at());
            default -> operation(Boundary.Records.RECORDS, step);
          });
    }
    return storage.records().commit(new Transaction<>(plan.actor(), operations));
  }

  private <B extends Boundary> Operation<B> operation(B side, Step step) {
    return switch (step) {
      case Step.Count count -> new Operation.Add<>(count.counter(), count.delta(), count.max());
      case Step.RequireCount count -> new Operation.Add<>(count.counter(), 0, count.read());
      case Step.Write write -> put(side, write);
      case Step.Remove remove -> {
        ApiObject last = remove.last();
        yield new Operation.Delete<>(
            key(side, remove.kind(), last.namespace(), last.name()),
            remove.read(),
            documents.write(remove.kind(), last, remove.completions(), last.name()));
      }
      case Step.Audit audit ->
          new Operation.Append<>(
              "audit",
              audit.kind().resource(),
              audit.entry().namespace(),
              audit.name(),
              documents.write(audit.kind(), audit.entry(), audit.completions(), ""));
      case Step.Require require ->
          new Operation.Require<>(
              key(side, require.kind(), require.namespace(), require.name()),
              expected(require.read()));
      case Step.MoveRef ref -> throw new IllegalArgumentException("refs live on the records' side");
      case Step.RequireRef ref ->
          throw new IllegalArgumentException("refs live on the records' side");
    };
  }

  private <B extends Boundary> Operation<B> put(B side, Step.Write write) {
    ApiObject old = write.old();
    return new Operation.Put<>(
        side,
        write.kind().resource(),
        write.object().namespace(),
        write.name(),
        expected(old == null ? null : old.revision()),
        documents.write(write.kind(), write.object(), write.completions(), write.object().name()));
  }

  private static Expected expected(@Nullable Revision read) {
    return read == null ? Expected.absent() : Expected.at(read);
  }

  private static <B extends Boundary> Key<B> key(B side, Kind kind, String namespace, String name) {
    return new Key<>(side, kind.resource(), namespace, name);
  }
}
