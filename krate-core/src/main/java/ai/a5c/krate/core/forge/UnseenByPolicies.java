package ai.a5c.krate.core.forge;

import ai.a5c.krate.api.schema.StorageBoundary;
import ai.a5c.krate.apiserver.admission.Admission;
import ai.a5c.krate.apiserver.authz.Grants;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.registry.ApiObject;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What admission policies are not asked about, so that none can stop the forge itself: whatever
 * Krate's own controllers write, but for records that they make or change for somebody. Deliveries,
 * jobs and what pipelines report are not made for anybody, and a status only says what has
 * happened.
 */
public final class UnseenByPolicies implements Predicate<Admission> {
  private static final Set<Kind> OURS =
      Set.of(ForgeKinds.WEBHOOK_DELIVERY, ForgeKinds.JOB, ForgeKinds.CHECK);

  @Override
  public boolean test(Admission asked) {
    return asked.context().subject().name().startsWith(Grants.PREFIX)
        && !isRecordForSomebody(asked);
  }

  private static boolean isRecordForSomebody(Admission asked) {
    Kind kind = asked.context().kind();
    ApiObject object = asked.object();
    return kind.boundary() == StorageBoundary.RECORDS
        && !OURS.contains(kind)
        && asked.context().subresource().isEmpty()
        && object != null
        && !Objects.equals(spec(asked.old()), spec(object));
  }

  private static Optional<?> spec(@Nullable ApiObject object) {
    return object == null ? Optional.empty() : object.at("spec");
  }
}
