package ai.a5c.krate.apiserver.admission;

import ai.a5c.krate.apiserver.registry.ApiObject;

/** May complete or change an object before it is validated; refuses by {@code ApiException}. */
@FunctionalInterface
public interface MutatingAdmission {
  /** The object to go on with; asked for creations and updates only. */
  ApiObject mutate(Admission asked, ApiObject object);

  /**
   * The same for the objects of one attempt of a request, which are asked about by one thread: it
   * may remember what it has read.
   */
  default MutatingAdmission once() {
    return this;
  }
}
