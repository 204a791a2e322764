package ai.a5c.krate.cel.library;

import ai.a5c.krate.cel.evaluation.Opaque;
import ai.a5c.krate.spi.expression.Access;
import ai.a5c.krate.spi.expression.AccessTarget;

/** The values of the authorizer library. */
final class Rights {
  private Rights() {}

  /** Whose rights can be asked about. */
  record Authorizer(Access access, Access.Principal who) implements Opaque {
    @Override
    public String typeName() {
      return Types.AUTHORIZER.name();
    }
  }

  /** A path that is no resource. */
  record PathCheck(Authorizer authorizer, String path) implements Opaque {
    @Override
    public String typeName() {
      return Types.PATH_CHECK.name();
    }
  }

  /** An API group. */
  record GroupCheck(Authorizer authorizer, String group) implements Opaque {
    @Override
    public String typeName() {
      return Types.GROUP_CHECK.name();
    }
  }

  /** A resource, as far as it has been named. */
  record ResourceCheck(AccessTarget asked) implements Opaque {
    @Override
    public String typeName() {
      return Types.RESOURCE_CHECK.name();
    }
  }

  /** What was decided. */
  record Decided(Access.Answer answer) implements Opaque {
    @Override
    public String typeName() {
      return Types.DECISION.name();
    }
  }
}
