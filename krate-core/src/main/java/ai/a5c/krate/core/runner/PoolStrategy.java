package ai.a5c.krate.core.runner;

import ai.a5c.krate.api.config.RunnerPool;
import ai.a5c.krate.api.config.TrustTier;
import ai.a5c.krate.api.problem.FieldError;
import ai.a5c.krate.apiserver.kind.GoDuration;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.kind.JsonTree;
import ai.a5c.krate.apiserver.kind.RecordCodec;
import ai.a5c.krate.apiserver.kind.SchemaValidation;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Claim;
import ai.a5c.krate.apiserver.registry.Strategy;
import ai.a5c.krate.apiserver.registry.WriteContext;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.core.forge.Marks;
import jakarta.json.JsonValue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a RunnerPool must be like beyond its schema, and who may write it: those who may {@code
 * maintain} each repository whose jobs it takes, before and after, and may {@code get} each Secret
 * that it grants.
 */
final class PoolStrategy implements Strategy {
  private static final String[] WARM = {"spec", "warmReplicas"};
  private static final Duration SHORTEST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofHours(24);

  @Override
  public ApiObject prepareCreate(WriteContext context, ApiObject object) {
    return warmed(context, Optional.empty(), object.withFinalizer(Marks.FINALIZER));
  }

  @Override
  public ApiObject prepareUpdate(WriteContext context, ApiObject old, ApiObject object) {
    return context.onStatus() ? object : warmed(context, old.at(WARM), object);
  }

  /** Who says nothing new of warm runners has as many as before, or as is usual, that fit. */
  private static ApiObject warmed(
      WriteContext context, Optional<JsonValue> before, ApiObject object) {
    Optional<JsonValue> wanted = object.at(WARM);
    if ((wanted.isPresent() && !wanted.equals(before))
        || !SchemaValidation.errors(context.kind(), object.json()).isEmpty()) {
      return object;
    }
    RunnerPool.Spec spec = RecordCodec.read(RunnerPool.class, object.json()).spec();
    return object.with(Json.number(Math.min(spec.warm(), spec.maxReplicas())), WARM);
  }

  @Override
  public List<Claim> claims(WriteContext context, @Nullable ApiObject old, ApiObject object) {
    if (context.onStatus()) {
      return List.of();
    }
    List<Claim> claims = new ArrayList<>();
    Set<String> repositories = new TreeSet<>(repositories(object));
    if (old != null) {
      repositories.addAll(repositories(old));
    }
    for (String name : repositories) {
      claims.add(
          new Claim(
              "maintain", ForgeKinds.REPOSITORY.resource(), "", name.equals("*") ? "" : name));
    }
    // Whom a Secret is told to is told anew when others may use the pool.
    if (old == null
        || !secrets(old).equals(secrets(object))
        || !repositories(old).equals(repositories(object))) {
      for (String secret : secrets(object)) {
        claims.add(new Claim("get", ForgeKinds.SECRET.resource(), "", secret));
      }
    }
    return claims;
  }

  @Override
  public List<FieldError> validate(
      WriteContext context, @Nullable ApiObject old, ApiObject object) {
    if (context.onStatus()) {
      return List.of();
    }
    RunnerPool.Spec spec = RecordCodec.read(RunnerPool.class, object.json()).spec();
    List<FieldError> errors = new ArrayList<>(PoolLimits.errors(spec.resources()));
    if (spec.trustTier() == TrustTier.UNTRUSTED) {
      if (spec.network() == RunnerPool.Network.HOST) {
        errors.add(
            FieldError.forbidden("spec.network", "the jobs of an Untrusted pool have no network"));
      }
      if (!spec.secrets().isEmpty()) {
        errors.add(
            FieldError.forbidden("spec.secrets", "the jobs of an Untrusted pool get no secrets"));
      }
    }
    if (spec.warm() > spec.maxReplicas() && spec.warmReplicas() != null) {
      errors.add(
          FieldError.invalid(
              "spec.warmReplicas",
              String.valueOf(spec.warmReplicas()),
              "it must not be more than maxReplicas"));
    }
    if (spec.jobTimeout().compareTo(SHORTEST) < 0 || spec.jobTimeout().compareTo(LONGEST) > 0) {
      errors.add(
          FieldError.invalid(
              "spec.jobTimeout",
              GoDuration.print(spec.jobTimeout()),
              "it must be between 1s and 24h"));
    }
    return errors;
  }

  private static Optional<List<String>> named(ApiObject object, String field) {
    return object
        .at("spec", field)
        .map(any -> JsonTree.textsAt(object.json(), "spec", field))
        .filter(names -> !names.isEmpty());
  }

  private static List<String> repositories(ApiObject object) {
    return named(object, "repositories").orElse(List.of("*"));
  }

  private static List<String> secrets(ApiObject object) {
    return named(object, "secrets").orElse(List.of());
  }
}
