package ai.a5c.krate.core.forge;

import ai.a5c.krate.api.meta.Uid;
import ai.a5c.krate.api.records.Review;
import ai.a5c.krate.api.schema.Description;
import ai.a5c.krate.api.schema.StorageBoundary;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.kind.KindReader;
import ai.a5c.krate.apiserver.kind.RecordCodec;
import ai.a5c.krate.apiserver.registry.ApiObject;
import jakarta.validation.constraints.NotNull;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What people said of one pull request: of each the newest approval or request for changes, and
 * nothing else. Stored and never served: whatever creates, dismisses or deletes such a review
 * writes it in the same transaction, and a merge depends on what it read here.
 */
@ai.a5c.krate.api.schema.Kind(
    group = "internal.krate.a5c.ai",
    version = "v1alpha1",
    name = "Opinions",
    plural = "opinions",
    namespaced = false,
    boundary = StorageBoundary.RECORDS)
@Description("Opinions holds each person's newest decision on a pull request.")
public record Opinions(@Description("The decisions, by person.") Map<String, Opinion> people) {
  /** The kind, of which no client knows. */
  public static final Kind KIND = KindReader.read(Opinions.class);

  /** The most people whose decisions are kept for one pull request. */
  public static final int MOST = 500;

  /** Nobody has said anything. */
  public static final Opinions NONE = new Opinions(Map.of());

  public Opinions {
    people = Collections.unmodifiableMap(new TreeMap<>(people));
  }

  /** One person's newest decision. */
  public record Opinion(
      @Description("The name of the review.") String review,
      @Description("The user name of the reviewer.") String name,
      @Description("Who vouches for the reviewer.") String issuer,
      @Description("What was decided.") @NotNull Review.Decision decision,
      @Description("The commit that was reviewed.") String commit,
      @Description("The branch that it was to be merged into.") String target,
      @Description("Whether it was dismissed.") boolean dismissed,
      @Description("Whether the reviewer could maintain the repository.") boolean maintainer) {

    /** Tells people apart: by their name, and who vouches for it. */
    public String person() {
      return person(name, issuer);
    }

    static String person(String name, String issuer) {
      return name.length() + ":" + name + issuer;
    }
  }

  /** The name under which those of a pull request are stored. */
  public static String key(Uid pullRequest) {
    return pullRequest.toString();
  }

  /** What is stored. */
  public static Opinions of(Optional<ApiObject> stored) {
    return stored.map(object -> RecordCodec.read(Opinions.class, object.json())).orElse(NONE);
  }

  /** All of them, in a fixed order. */
  public Collection<Opinion> all() {
    return people.values();
  }

  /** The newest decision of a person. */
  public Optional<Opinion> of(String name, String issuer) {
    return Optional.ofNullable(people.get(Opinion.person(name, issuer)));
  }

  /** With this as the newest of its person. */
  public Opinions with(Opinion opinion) {
    Map<String, Opinion> all = new TreeMap<>(people);
    all.put(opinion.person(), opinion);
    return new Opinions(all);
  }

  /** As if this person had never decided anything. */
  public Opinions without(Opinion opinion) {
    Map<String, Opinion> all = new TreeMap<>(people);
    all.remove(opinion.person());
    return new Opinions(all);
  }
}
