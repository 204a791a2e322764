package ai.a5c.krate.apiserver.request;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.apiserver.authz.Attributes;
import ai.a5c.krate.apiserver.authz.Impersonation;
import ai.a5c.krate.apiserver.registry.Registration;
import java.util.List;
import java.util.Optional;

/**
 * The first stages of every request: who sends it, as whom, and whether they may. May be used from
 * many threads at once.
 */
final class Entrance {
  private final Hall hall;
  private final Claims claims;

  Entrance(Hall hall, Claims claims) {
    this.hall = hall;
    this.claims = claims;
  }

  /** Who asks, whether or not he may. */
  Subject identify(Caller caller) {
    Subject subject = hall.authenticator().authenticate(caller);
    return Impersonation.of(caller.headers()).map(as -> acting(subject, as)).orElse(subject);
  }

  /** A request of somebody who may. */
  Authenticated allowed(Bracket bracket) {
    Authenticated request = authenticate(bracket);
    bracket.at(Stage.AUTHORIZE);
    bracket.received().errand().questions(request.subject()).forEach(claims::require);
    return request;
  }

  /** The same about objects of a kind, with which of them he sees. */
  Authorized allowed(Bracket bracket, Registration kind) {
    Authenticated request = allowed(bracket);
    Attributes asked = bracket.received().errand().attributes(request.subject());
    return new Authorized(request, Sight.of(hall.authorizer(), kind, asked));
  }

  private Authenticated authenticate(Bracket bracket) {
    bracket.at(Stage.AUTHENTICATE);
    Caller caller = bracket.received().caller();
    Subject subject = hall.authenticator().authenticate(caller);
    bracket.authenticated(subject);
    Optional<Impersonation> as = Impersonation.of(caller.headers());
    if (as.isPresent()) {
      subject = acting(subject, as.get());
      bracket.acting(subject, as.get());
    }
    return new Authenticated(bracket, subject);
  }

  /** The subject that another one acts as, if he may. */
  private Subject acting(Subject real, Impersonation as) {
    List<Attributes> rights = as.rights(real);
    rights.forEach(claims::require);
    if (as.isReserved()) {
      throw Claims.forbidden(rights.getFirst());
    }
    return as.subject();
  }
}
