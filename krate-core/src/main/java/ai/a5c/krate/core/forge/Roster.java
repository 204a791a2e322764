package ai.a5c.krate.core.forge;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.config.SubjectRef;
import java.util.List;

/** People and programs that an object names, and whether somebody is one of them. */
public final class Roster {
  private static final String SERVICE_ACCOUNT = "system:serviceaccount:";

  private final String namespace;
  private final List<SubjectRef> named;

  /**
   * A roster.
   *
   * @param namespace of the object that names them, for service accounts that are named without one
   */
  public Roster(String namespace, List<SubjectRef> named) {
    this.namespace = namespace;
    this.named = List.copyOf(named);
  }

  public boolean isEmpty() {
    return named.isEmpty();
  }

  /**
   * Whether the subject is named, or in a named group. Somebody of whom nobody knows who he is, is
   * not.
   */
  public boolean has(Subject subject) {
    return !subject.equals(Subject.ANONYMOUS) && named.stream().anyMatch(ref -> is(ref, subject));
  }

  private boolean is(SubjectRef ref, Subject subject) {
    return switch (ref.kind()) {
      case USER -> subject.name().equals(ref.name());
      case GROUP -> subject.in(ref.name());
      case SERVICE_ACCOUNT -> {
        String home = ref.namespace().isEmpty() ? namespace : ref.namespace();
        yield subject.name().equals(SERVICE_ACCOUNT + home + ":" + ref.name());
      }
    };
  }
}
