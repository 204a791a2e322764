package ai.a5c.krate.apiserver.request;

import ai.a5c.krate.apiserver.admission.MutatingAdmission;
import ai.a5c.krate.apiserver.admission.ValidatingAdmission;
import ai.a5c.krate.apiserver.audit.AuditTrail;
import ai.a5c.krate.apiserver.authz.Authorizer;
import ai.a5c.krate.apiserver.registry.Contribution;
import ai.a5c.krate.apiserver.registry.Objects;
import java.util.List;
import java.util.random.RandomGenerator;

/** What the stages of the road need. */
record Hall(
    Objects objects,
    AuditTrail trail,
    Authenticator authenticator,
    Authorizer authorizer,
    List<MutatingAdmission> mutating,
    List<ValidatingAdmission> validating,
    List<Contribution> contributions,
    Names names,
    RandomGenerator random) {
  Hall {
    mutating = List.copyOf(mutating);
    validating = List.copyOf(validating);
    contributions = List.copyOf(contributions);
  }
}
