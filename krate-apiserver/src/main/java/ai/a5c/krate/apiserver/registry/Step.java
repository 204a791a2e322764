package ai.a5c.krate.apiserver.registry;

import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.git.RefName;
import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.api.meta.Uid;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.spi.storage.Template;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One step of a {@link Plan}: what an operation of the store will do, still in terms of objects.
 */
public sealed interface Step {
  /** Adds to a counter, which may not exceed the bound then, nor fall below 0. */
  record Count(String counter, long delta, long max) implements Step {
    /** Adds one. */
    public Count(String counter, long max) {
      this(counter, 1, max);
    }
  }

  /** Finds a counter no further than it was read, and changes nothing. */
  record RequireCount(String counter, long read) implements Step {}

  /**
   * Writes an object.
   *
   * @param old as it was read, null to create
   * @param object without the members that completions give
   * @param name of the key; has slots where the commit gives the name
   */
  record Write(
      Kind kind,
      @Nullable ApiObject old,
      ApiObject object,
      Template name,
      List<Completion> completions)
      implements Step {
    public Write {
      completions = List.copyOf(completions);
    }
  }

  /**
   * Removes an object.
   *
   * @param read the revision at which it was read
   * @param last as watchers shall see it
   */
  record Remove(Kind kind, Revision read, ApiObject last, List<Completion> completions)
      implements Step {
    public Remove {
      completions = List.copyOf(completions);
    }
  }

  /** Finds an object at the revision it was read at, or finds none, and changes nothing. */
  record Require(Kind kind, String namespace, String name, @Nullable Revision read)
      implements Step {}

  /** Finds a ref where it was read, or finds none, and changes nothing. */
  record RequireRef(Uid repository, RefName ref, @Nullable ObjectId at) implements Step {}

  /** Creates ({@code old} is null), moves or deletes ({@code target} is null) a ref. */
  record MoveRef(Uid repository, Template ref, @Nullable ObjectId old, @Nullable ObjectId target)
      implements Step {}

  /** Appends an entry to the audit trail. */
  record Audit(Kind kind, ApiObject entry, Template name, List<Completion> completions)
      implements Step {
    public Audit {
      completions = List.copyOf(completions);
    }
  }
}
