package ai.a5c.krate.api.rbac;

import ai.a5c.krate.api.schema.Description;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A question about what somebody may do: one of the two attributes, and who. */
public record ReviewedSubject(
    @Description("What is asked of a resource.") @Nullable ResourceAttributes resourceAttributes,
    @Description("What is asked of a path that is no resource.")
        @Nullable NonResourceAttributes nonResourceAttributes,
    @Description("The name of the user.") String user,
    @Description("The groups that the user is in.") List<String> groups,
    @Description("Further attributes of the user.") Map<String, List<String>> extra,
    @Description("The identity provider's own id of the user.") String uid) {
  public ReviewedSubject {
    groups = List.copyOf(groups);
    extra = Collections.unmodifiableMap(new TreeMap<>(extra));
  }
}
