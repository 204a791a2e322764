package ai.a5c.krate.core.runner;

import ai.a5c.krate.api.config.RunnerPool;
import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.apiserver.controller.ObjectName;
import ai.a5c.krate.apiserver.kind.RecordCodec;
import ai.a5c.krate.apiserver.registry.ApiObject;

/**
 * What the scheduler knows of a pool.
 *
 * @param terms what its runners depend on: a runner of other terms is of no use to it
 */
record PoolEntry(
    ObjectName name,
    Revision revision,
    String uid,
    long generation,
    RunnerPool.Spec spec,
    boolean terminating,
    Terms terms) {
  /** What a runner was started for. */
  record Terms(String uid, PoolLimits limits, boolean network) {}

  static PoolEntry of(ApiObject object) {
    RunnerPool.Spec spec = RecordCodec.read(RunnerPool.class, object.json()).spec();
    String uid = object.uid().toString();
    return new PoolEntry(
        new ObjectName(object.namespace(), object.name()),
        object.revision(),
        uid,
        object.generation(),
        spec,
        object.isTerminating(),
        new Terms(uid, PoolLimits.of(spec.resources()), Pools.network(spec)));
  }
}
