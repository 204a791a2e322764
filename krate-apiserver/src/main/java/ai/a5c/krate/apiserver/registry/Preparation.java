package ai.a5c.krate.apiserver.registry;

import ai.a5c.krate.api.problem.FieldError;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Work that a written object asks for and that must be done before it can be validated, such as
 * computing a merge. Done after mutating admission and outside of any transaction; done again when
 * the commit lost a race.
 */
@FunctionalInterface
public interface Preparation {
  /** Prepares the object, or gives {@link Prepared#unchanged} if it asks for nothing. */
  Prepared prepare(WriteContext context, @Nullable ApiObject old, ApiObject object);

  /** What was prepared. Used by one thread, and always closed. */
  interface Prepared extends AutoCloseable {
    /** The object, completed with what came out. */
    ApiObject object();

    /** Why it cannot be done; then nothing will be published. */
    List<FieldError> errors();

    /** What the audit entry says of it, by qualified names. */
    default Map<String, String> annotations() {
      return Map.of();
    }

    /** Makes durable what the plan will refer to. Not called on a dry run. */
    void publish();

    /** Adds the operations that belong to it; on a dry run too, where nothing was published. */
    void addTo(Plan plan);

    /** Says that the plan was committed, or may have been: what was published is kept. */
    void keep();

    /** Discards what was not kept. */
    @Override
    void close();

    /** Nothing was asked for. */
    static Prepared unchanged(ApiObject object) {
      return refused(object, List.of());
    }

    /** It cannot be done. */
    static Prepared refused(ApiObject object, List<FieldError> errors) {
      return new Prepared() {
        @Override
        public ApiObject object() {
          return object;
        }

        @Override
        public List<FieldError> errors() {
          return errors;
        }

        @Override
        public void publish() {}

        @Override
        public void addTo(Plan plan) {}

        @Override
        public void keep() {}

        @Override
        public void close() {}
      };
    }
  }
}
