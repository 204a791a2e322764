package ai.a5c.krate.apiserver.request;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.FieldError;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.api.schema.StorageBoundary;
import ai.a5c.krate.apiserver.admission.Admission;
import ai.a5c.krate.apiserver.admission.MutatingAdmission;
import ai.a5c.krate.apiserver.admission.Objection;
import ai.a5c.krate.apiserver.admission.ValidatingAdmission;
import ai.a5c.krate.apiserver.admission.Verdict;
import ai.a5c.krate.apiserver.authz.Attributes;
import ai.a5c.krate.apiserver.kind.JsonTree;
import ai.a5c.krate.apiserver.kind.SchemaValidation;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Claim;
import ai.a5c.krate.apiserver.registry.Plan;
import ai.a5c.krate.apiserver.registry.Preparation;
import ai.a5c.krate.apiserver.registry.Registration;
import ai.a5c.krate.apiserver.registry.Step;
import ai.a5c.krate.spi.storage.CommitOutcome;
import ai.a5c.krate.spi.storage.OutcomeUnknownException;
import ai.a5c.krate.spi.storage.StoreUnavailableException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * The one road of every mutation: kubectl, the SDK, a push, a merge and our own controllers.
 *
 * <p>Its order is written forwards in {@link #travel}, and each stage can only be entered with what
 * the stage before it made. No transaction and no lock is held while a stage calls out: the commit
 * compares, and a lost race begins again at the decoding. May be used from many threads at once.
 */
public final class Road {
  private final Hall hall;
  private final Claims claims;
  private final Entrance entrance;
  private final Committer committer;
  private final LongSupplier nanos;
  private final RefusalLimit limit;

  Road(Hall hall, LongSupplier nanos) {
    this.hall = hall;
    this.claims = new Claims(hall.authorizer());
    this.entrance = new Entrance(hall, claims);
    this.committer = new Committer(hall);
    this.nanos = nanos;
    this.limit = new RefusalLimit(nanos);
  }

  /** Takes a request for one object along the whole road. */
  Written travel(Received received, Registration kind, Intent intent) {
    return travel(received, kind, List.of(intent)).orThrow().getFirst();
  }

  /**
   * Takes a request for objects of a kind along the whole road: each goes through every stage, and
   * they are committed together or not at all.
   *
   * @param intents for the objects of the errand, in the same order
   */
  Together travel(Received received, Registration kind, List<Intent> intents) {
    Bracket bracket = new Bracket(hall.trail(), limit, received, kind.kind().sealed());
    try {
      Authorized authorized = entrance.allowed(bracket, kind);
      Patience patience = new Patience(nanos, hall.random());
      while (true) {
        switch (attempt(authorized, kind, intents)) {
          case Attempt.Done(List<Written> written) -> {
            return new Together.Done(written);
          }
          case Attempt.RaceLost(int index) -> {
            bracket.with(index);
            patience.raceLost(kind.kind().resource(), received.errand().name(index));
          }
          case Attempt.NameTaken(int index, String name) -> {
            bracket.with(index);
            patience.nameTaken(kind.kind().resource(), name);
          }
        }
      }
    } catch (ApiException refusal) {
      bracket.refused(refusal.problem());
      return new Together.Refused(bracket.index(), refusal.problem());
    } catch (StoreUnavailableException | OutcomeUnknownException e) {
      // Nowhere to write an entry to; or the change, if it is there, has its entry with it.
      throw e;
    } catch (RuntimeException e) {
      bracket.failed(e);
      throw e;
    }
  }

  private Attempt attempt(Authorized authorized, Registration kind, List<Intent> intents) {
    authorized.bracket().begunAgain();
    Decoded decoded = decode(authorized, intents);
    Claimed claimed = claim(decoded, kind);
    Mutated mutated = mutate(claimed, kind);
    try (Prepared prepared = prepare(mutated, kind)) {
      Validated validated = validate(prepared, kind);
      Admitted admitted = admit(validated);
      return committer.commit(admitted, kind);
    }
  }

  /**
   * Finds out who asks and whether they may, for a request whose admission and commit are the
   * caller's. A stranger who may not is to be asked who he is: that is no refusal yet, and leaves
   * no audit entry.
   */
  public Authorized enter(Received received) {
    Bracket bracket = new Bracket(hall.trail(), limit, received, false);
    try {
      return new Authorized(entrance.allowed(bracket), null);
    } catch (ApiException refusal) {
      if (!bracket.isChallenge()) {
        bracket.refused(refusal.problem());
      }
      throw refusal;
    }
  }

  /** The same for a request about objects of a kind. */
  Authorized enter(Received received, Registration kind) {
    Bracket bracket = new Bracket(hall.trail(), limit, received, false);
    try {
      return entrance.allowed(bracket, kind);
    } catch (ApiException refusal) {
      bracket.refused(refusal.problem());
      throw refusal;
    }
  }

  /**
   * Commits the refs that a push gate accepted, with what rooms contribute and the audit entry.
   *
   * @param moves at least one; the outcome's first indexes are theirs
   * @param premises what must still be as it was read; the next indexes are theirs
   * @param annotations what the audit entry shall say besides, instead of what was noted before
   */
  public CommitOutcome commit(
      Authorized request,
      List<Step.MoveRef> moves,
      List<Step.RequireCount> premises,
      Map<String, String> annotations) {
    request.bracket().at(Stage.COMMIT);
    request.bracket().begunAgain();
    annotations.forEach(request::annotate);
    Plan plan = new Plan(StorageBoundary.RECORDS, request.subject().name(), request.time());
    moves.forEach(plan::add);
    premises.forEach(plan::add);
    return committer.commit(request, plan, 0, 200, request.errand().name());
  }

  /**
   * Finds out who asks and whether they may, for a request that changes nothing and so leaves no
   * audit entry.
   */
  public Subject look(Received received) {
    Bracket bracket = new Bracket(hall.trail(), limit, received, false);
    return entrance.allowed(bracket).subject();
  }

  /**
   * Answers a question, whose answer is kept by nobody; if that is worth an audit entry, only once
   * the entry is written.
   *
   * @param payload the question, read once the caller may ask at all
   */
  ApiObject ask(Received received, Review review, Payload payload) {
    Bracket bracket = new Bracket(hall.trail(), limit, received, review.kind().sealed());
    try {
      Authenticated request = entrance.allowed(bracket);
      bracket.at(Stage.DECODE);
      ApiObject asked = new ApiObject(payload.read().object());
      // The rights that a question needs are found in it, so it must be well formed first.
      bracket.at(Stage.VALIDATE);
      List<FieldError> errors =
          new ArrayList<>(SchemaValidation.errors(review.kind(), asked.json()));
      if (errors.isEmpty()) {
        errors.addAll(review.errors(request.subject(), asked));
      }
      Form.require(review.kind(), asked, errors);
      bracket.at(Stage.CLAIMS);
      review.rights(request.subject(), asked).forEach(claims::require);
      bracket.at(Stage.COMMIT);
      if (review.audited() && received.errand().dryRun()) {
        return asked.with(null, "status");
      }
      ApiObject answered = review.answer(request.subject(), asked);
      if (review.audited()) {
        bracket.answered(201);
      }
      return answered;
    } catch (ApiException refusal) {
      bracket.refused(refusal.problem());
      throw refusal;
    } catch (StoreUnavailableException | OutcomeUnknownException e) {
      throw e;
    } catch (RuntimeException e) {
      bracket.failed(e);
      throw e;
    }
  }

  /**
   * Who asks, whether or not he may; for those who must answer strangers otherwise than others.
   *
   * @throws ApiException if he claims what does not hold
   */
  public Subject identify(Caller caller) {
    return entrance.identify(caller);
  }

  /**
   * Finds out who asks, whether they may read objects of the kind, and which of them they see.
   * Leaves no audit entry.
   */
  Sight look(Received received, Registration kind) {
    Bracket bracket = new Bracket(hall.trail(), limit, received, false);
    return entrance.allowed(bracket, kind).sight();
  }

  private static Decoded decode(Authorized request, List<Intent> intents) {
    Bracket bracket = request.bracket();
    var text = new AtomicLong();
    return new Decoded(
        request,
        bracket.each(
            Stage.DECODE,
            intents,
            intent -> {
              Proposal proposal = intent.decode(request);
              bracket.about(proposal);
              ApiObject object = proposal.object();
              if (intents.size() > 1 && object != null) {
                requireRoom(bracket, text.addAndGet(JsonTree.length(object.json())));
              }
              return proposal;
            }));
  }

  /** Documents that each fit may be too much for one transaction; that is no single one's fault. */
  private static void requireRoom(Bracket bracket, long length) {
    if (length > Client.MOST_TEXT_TOGETHER) {
      bracket.with(Together.NONE);
      throw new ApiException(
          new Problem.TooLarge(
              "objects that are written together may have "
                  + Client.MOST_TEXT_TOGETHER
                  + " characters"));
    }
  }

  private Claimed claim(Decoded decoded, Registration kind) {
    Authorized request = decoded.request();
    return new Claimed(
        request,
        request
            .bracket()
            .each(
                Stage.CLAIMS,
                decoded.proposals(),
                proposal -> {
                  claims.decide(request, proposal, kind);
                  return proposal;
                }));
  }

  private Mutated mutate(Claimed claimed, Registration kind) {
    Authorized request = claimed.request();
    List<MutatingAdmission> admissions =
        hall.mutating().stream().map(MutatingAdmission::once).toList();
    return new Mutated(
        request,
        request
            .bracket()
            .each(
                Stage.MUTATING_ADMISSION,
                claimed.proposals(),
                proposal -> mutate(request, proposal, kind, admissions)));
  }

  private Proposal mutate(
      Authorized request,
      Proposal proposal,
      Registration kind,
      List<MutatingAdmission> admissions) {
    ApiObject object = proposal.object();
    if (object == null || proposal.operation() == Admission.Operation.DELETE) {
      return proposal;
    }
    ApiObject mutated = object;
    for (MutatingAdmission admission : admissions) {
      mutated = admission.mutate(proposal.of(mutated).admission(), mutated);
    }
    if (mutated.equals(object)) {
      return proposal;
    }
    Proposal changed = proposal.of(Proposals.settled(proposal.context(), object, mutated));
    claims.decide(request, changed, kind);
    return changed;
  }

  private static Prepared prepare(Mutated mutated, Registration kind) {
    Authorized request = mutated.request();
    List<Prepared.One> made = new ArrayList<>();
    try {
      return new Prepared(
          request,
          request
              .bracket()
              .each(
                  Stage.PREPARE,
                  mutated.proposals(),
                  proposal -> {
                    Prepared.One one = prepare(request, proposal, kind);
                    made.add(one);
                    return one;
                  }));
    } catch (RuntimeException e) {
      made.reversed().forEach(Prepared.One::close);
      throw e;
    }
  }

  private static Prepared.One prepare(Authorized request, Proposal proposal, Registration kind) {
    ApiObject object = proposal.object();
    List<Preparation.Prepared> works = new ArrayList<>();
    if (object == null
        || proposal.operation() == Admission.Operation.DELETE
        || kind.preparations().isEmpty()) {
      return new Prepared.One(Proposals.counted(proposal), works);
    }
    // What is not even well formed is not worth the work, and the work need not expect it.
    Form.require(kind.kind(), object, Form.errors(kind.kind(), proposal, object));
    try {
      ApiObject prepared = object;
      for (Preparation preparation : kind.preparations()) {
        Preparation.Prepared work =
            preparation.prepare(proposal.context(), proposal.old(), prepared);
        works.add(work);
        work.annotations().forEach(request::annotate);
        prepared = work.object();
      }
      return new Prepared.One(Proposals.counted(proposal.of(prepared)), works);
    } catch (RuntimeException e) {
      works.reversed().forEach(Preparation.Prepared::close);
      throw e;
    }
  }

  private static Validated validate(Prepared prepared, Registration kind) {
    List<Prepared.One> unused =
        prepared
            .request()
            .bracket()
            .each(
                Stage.VALIDATE,
                prepared.objects(),
                one -> {
                  validate(one, kind);
                  return one;
                });
    return new Validated(prepared.request(), prepared);
  }

  private static void validate(Prepared.One prepared, Registration kind) {
    Proposal proposal = prepared.proposal();
    ApiObject object = proposal.object();
    if (object != null && proposal.operation() != Admission.Operation.DELETE) {
      List<FieldError> errors = Form.errors(kind.kind(), proposal, object);
      if (errors.isEmpty()) {
        errors.addAll(kind.strategy().validate(proposal.context(), proposal.old(), object));
        errors.addAll(prepared.errors());
      }
      Form.require(kind.kind(), object, errors);
    }
  }

  private Admitted admit(Validated validated) {
    Authorized request = validated.request();
    List<Proposal> admitted =
        request
            .bracket()
            .each(
                Stage.VALIDATING_ADMISSION,
                validated.prepared().objects(),
                one -> admit(request, one.proposal()));
    request.bracket().at(Stage.COMMIT);
    return new Admitted(request, admitted, validated.prepared());
  }

  private Proposal admit(Authorized request, Proposal proposal) {
    List<Objection> objections = new ArrayList<>();
    List<String> warnings = new ArrayList<>();
    for (ValidatingAdmission admission : hall.validating()) {
      Verdict verdict = admission.review(proposal.admission());
      objections.addAll(verdict.objections());
      warnings.addAll(verdict.warnings());
      verdict.annotations().forEach(request::annotate);
    }
    if (!objections.isEmpty()) {
      throw new ApiException(
          new Problem.Denied(
              request.errand().resource(),
              proposal.shownName(),
              objections.getFirst().reason(),
              objections.stream().map(Objection::message).toList(),
              warnings));
    }
    return proposal.warned(warnings);
  }

  /** Whether who came in by {@link #enter} has a further right, in the same namespace. */
  public boolean mayAlso(Authorized request, Claim claim) {
    Attributes asked = request.errand().attributes(request.subject());
    Attributes attributes =
        asked.asking(claim.verb(), claim.resource(), claim.subresource(), claim.name());
    return claims.allows(attributes);
  }

  /**
   * Writes to the audit trail that a request was refused which came in by {@link #enter}, or a part
   * of it.
   */
  public void refuse(Authorized request, Problem problem) {
    request.bracket().begunAgain();
    refuse(request, Stage.VALIDATING_ADMISSION, problem);
  }

  void refuse(Authorized request, Stage stage, Problem problem) {
    request.bracket().at(stage);
    request.bracket().refused(problem);
  }
}
