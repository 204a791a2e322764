package ai.a5c.krate.api.rbac;

import ai.a5c.krate.api.schema.Description;

/** What is asked of a path that is no resource. */
public record NonResourceAttributes(
    @Description("The path.") String path,
    @Description("The verb: an HTTP method in lower case.") String verb) {}
