package ai.a5c.krate.api.rbac;

import ai.a5c.krate.api.schema.Description;

/** The answer to an access review. */
public record AccessStatus(
    @Description("Whether it is allowed.") boolean allowed,
    @Description("Whether it is refused whatever else could allow it.") boolean denied,
    @Description("Why, for a person to read.") String reason,
    @Description("What went wrong while deciding.") String evaluationError) {}
