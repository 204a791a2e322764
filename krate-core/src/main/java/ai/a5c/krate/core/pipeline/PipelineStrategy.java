package ai.a5c.krate.core.pipeline;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.config.RunnerPool;
import ai.a5c.krate.api.config.TrustTier;
import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.FieldError;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.api.records.Pipeline;
import ai.a5c.krate.apiserver.authz.Grants;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.kind.RecordCodec;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Claim;
import ai.a5c.krate.apiserver.registry.Objects;
import ai.a5c.krate.apiserver.registry.Scope;
import ai.a5c.krate.apiserver.registry.Strategy;
import ai.a5c.krate.apiserver.registry.WriteContext;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.core.forge.JobOwners;
import ai.a5c.krate.core.forge.Marks;
import ai.a5c.krate.core.forge.Repositories;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The life of a pipeline: made by an event or a person, canceled at most, and otherwise told about.
 * What git has to say of a new one is {@link PipelinePreparation}'s.
 */
final class PipelineStrategy implements Strategy {
  /** By which failures of the same kind are found. */
  static final String SIGNATURE = "krate.a5c.ai/failure-signature";

  /** So that the names of its jobs are names, too. */
  static final int LONGEST_NAME = 240;

  private static final Pattern LABEL =
      Pattern.compile("[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?");

  /** What a re-run has from the pipeline that it runs again. */
  private static final List<String> COPIED =
      List.of("ref", "commit", "workflow", "pullRequest", "pool", "parameters");

  private final Objects objects;
  private final Repositories repositories;
  private final Pools pools;

  PipelineStrategy(Objects objects, Repositories repositories, Pools pools) {
    this.objects = objects;
    this.repositories = repositories;
    this.pools = pools;
  }

  @Override
  public ApiObject prepareCreate(WriteContext context, ApiObject object) {
    JsonObject author = author(context.subject());
    ApiObject made =
        labelled(object).withFinalizer(Marks.FINALIZER).with(author, "status", "author");
    if (isOurs(context)) {
      return made;
    }
    made = made.with(author, "status", "actor").withText("Pending", "status", "phase");
    Optional<ApiObject> original = original(made);
    return original.isPresent() ? again(made, original.get()) : made;
  }

  /** A re-run says what it repeats; the rest it has from there. */
  private static ApiObject again(ApiObject object, ApiObject original) {
    ApiObject again = object.withText(original.text("status", "name"), "status", "name");
    for (String member : COPIED) {
      Optional<JsonValue> known = original.at("spec", member);
      if (known.isPresent() && !isGiven(again, member)) {
        again = again.with(known.get(), "spec", member);
      }
    }
    return again;
  }

  private static boolean isGiven(ApiObject object, String member) {
    JsonValue given = object.at("spec", member).orElse(JsonValue.NULL);
    return !given.equals(JsonValue.NULL)
        && !given.equals(Json.text(""))
        && !given.equals(JsonValue.EMPTY_JSON_OBJECT);
  }

  @Override
  public ApiObject prepareUpdate(WriteContext context, ApiObject old, ApiObject object) {
    ApiObject updated = labelled(object);
    if (old.isTrue("spec", "canceled") || updated.isTerminating()) {
      updated = updated.with(JsonValue.TRUE, "spec", "canceled");
    }
    String signature = updated.text("status", "failure", "signature");
    return LABEL.matcher(signature).matches()
        ? updated.withLabel(SIGNATURE, signature)
        : updated.with(null, "metadata", "labels", SIGNATURE);
  }

  /**
   * Who names a pool may use it; the default one needs no right. What became of a pipeline is said
   * by the server alone, whatever roles somebody has: checks are made of it.
   */
  @Override
  public List<Claim> claims(WriteContext context, @Nullable ApiObject old, ApiObject object) {
    if (context.onStatus() && !context.subject().name().startsWith(Grants.PREFIX)) {
      throw new ApiException(
          new Problem.Forbidden(
              context.kind().resource(),
              object.name(),
              "the server alone writes the status of pipelines; create a Check for what another"
                  + " CI has to say",
              List.of()));
    }
    String pool = object.text("spec", "pool");
    return old == null && !pool.isEmpty()
        ? List.of(new Claim("use", ForgeKinds.RUNNER_POOL.resource(), "", pool))
        : List.of();
  }

  @Override
  public Optional<Scope> scope() {
    return Optional.of(Scope.of(ForgeKinds.REPOSITORY.resource(), "spec", "repository"));
  }

  @Override
  public List<FieldError> validate(
      WriteContext context, @Nullable ApiObject old, ApiObject object) {
    if (old == null) {
      return validateNew(context, object);
    }
    String before = old.text("status", "phase");
    boolean revived =
        context.onStatus() && isFinished(before) && !before.equals(object.text("status", "phase"));
    return revived
        ? List.of(
            FieldError.forbidden("status.phase", "a pipeline that is " + before + " stays so"))
        : List.of();
  }

  private List<FieldError> validateNew(WriteContext context, ApiObject object) {
    List<FieldError> errors = new ArrayList<>();
    Pipeline.Spec spec = RecordCodec.read(Pipeline.class, object.json()).spec();
    if (repositories.find(context.namespace(), spec.repository()).isEmpty()) {
      errors.add(FieldError.notFound("spec.repository", spec.repository()));
      return errors;
    }
    if (object.name().length() > LONGEST_NAME) {
      errors.add(
          new FieldError(
              FieldError.Reason.TOO_LONG,
              "metadata.name",
              "Too long: may not be more than " + LONGEST_NAME + " characters"));
    }
    if (!isOurs(context) && EventName.isReserved(object.name())) {
      errors.add(
          FieldError.invalid(
              "metadata.name", object.name(), "such names are those of what events start"));
    }
    if (spec.canceled()) {
      errors.add(FieldError.forbidden("spec.canceled", "a pipeline is made first"));
    }
    if (!spec.rerunOf().isEmpty()) {
      rerun(object, errors);
    } else if (!spec.resumeFrom().isEmpty()) {
      errors.add(FieldError.required("spec.rerunOf", "it says what is resumed"));
    }
    pull(context, object, errors);
    pool(context, object, errors);
    return errors;
  }

  /** A re-run runs the same code in the same way; anything else is a pipeline of its own. */
  private void rerun(ApiObject object, List<FieldError> errors) {
    Optional<ApiObject> original = original(object);
    if (original.isEmpty()) {
      errors.add(FieldError.notFound("spec.rerunOf", object.text("spec", "rerunOf")));
      return;
    }
    if (!isFinished(original.get().text("status", "phase"))) {
      errors.add(
          FieldError.invalid(
              "spec.rerunOf", original.get().name(), "it has not ended; cancel it, or wait"));
    }
    for (String member : COPIED) {
      if (!object.at("spec", member).equals(original.get().at("spec", member))
          && (isGiven(object, member) || isGiven(original.get(), member))) {
        errors.add(
            FieldError.forbidden(
                "spec." + member, "a re-run has what the pipeline had that it runs again"));
      }
    }
  }

  private void pull(WriteContext context, ApiObject object, List<FieldError> errors) {
    String name = object.text("spec", "pullRequest");
    boolean known =
        name.isEmpty()
            || objects
                .get(ForgeKinds.PULL_REQUEST, context.namespace(), name)
                .filter(p -> sameText(p, object, "spec", "repository"))
                .isPresent();
    boolean repeated = !object.text("spec", "rerunOf").isEmpty();
    if (!known && !repeated) {
      errors.add(FieldError.notFound("spec.pullRequest", name));
    }
  }

  private void pool(WriteContext context, ApiObject object, List<FieldError> errors) {
    Pipeline pipeline = RecordCodec.read(Pipeline.class, object.json());
    String name = pipeline.spec().pool();
    if (name.isEmpty()) {
      return;
    }
    Optional<RunnerPool.Spec> pool = pools.find(context.namespace(), name);
    if (pool.isEmpty()) {
      errors.add(FieldError.notFound("spec.pool", name));
    } else if (!pool.get().takes(pipeline.spec().repository())) {
      errors.add(
          FieldError.invalid(
              "spec.pool", name, "it takes no jobs of " + pipeline.spec().repository()));
    } else if (!mayRun(pool.get().trustTier(), pipeline.status().trustTier())) {
      errors.add(
          FieldError.forbidden(
              "spec.pool",
              "RunnerPool \""
                  + name
                  + "\" is for trusted code, and this is not: "
                  + pipeline.status().tierReason()));
    }
  }

  /** Whether a pool of one tier runs code of another; of which nobody knows, it does not. */
  static boolean mayRun(TrustTier pool, @Nullable TrustTier code) {
    return pool == TrustTier.UNTRUSTED ? code != null : code == TrustTier.TRUSTED;
  }

  /** What is run again, if it is of the same repository: another is nobody's business here. */
  private Optional<ApiObject> original(ApiObject object) {
    String name = object.text("spec", "rerunOf");
    return objects
        .get(ForgeKinds.PIPELINE, object.namespace(), name)
        .filter(found -> sameText(found, object, "spec", "repository"))
        .filter(
            found ->
                repositories
                    .find(object.namespace(), object.text("spec", "repository"))
                    .filter(repository -> isOf(found, repository))
                    .isPresent());
  }

  /** Whether a pipeline is of this repository, and not of one that had its name before. */
  static boolean isOf(ApiObject pipeline, ApiObject repository) {
    return pipeline.text("status", "repositoryUid").equals(repository.uid().toString());
  }

  private static boolean sameText(ApiObject one, ApiObject other, String... path) {
    return one.text(path).equals(other.text(path));
  }

  static boolean isOurs(WriteContext context) {
    return context.subject().name().equals(JobOwners.PIPELINES);
  }

  static boolean isFinished(String phase) {
    return phase.equals("Succeeded") || phase.equals("Failed") || phase.equals("Canceled");
  }

  private static ApiObject labelled(ApiObject object) {
    String repository = object.text("spec", "repository");
    return repository.isEmpty() ? object : object.withLabel(Marks.REPOSITORY, repository);
  }

  private static JsonObject author(Subject subject) {
    return Json.object()
        .add("name", subject.name())
        .add("uid", subject.uid())
        .add("issuer", subject.issuer())
        .build();
  }
}
