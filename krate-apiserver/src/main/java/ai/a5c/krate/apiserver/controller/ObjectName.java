package ai.a5c.krate.apiserver.controller;

/**
 * An object of a kind that is known from the context.
 *
 * @param namespace empty for a cluster-scoped object
 */
public record ObjectName(String namespace, String name) {}
