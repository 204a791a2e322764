package ai.a5c.krate.core.hook;

import ai.a5c.krate.api.config.WebhookSubscription;
import ai.a5c.krate.api.meta.GroupResource;
import ai.a5c.krate.api.problem.FieldError;
import ai.a5c.krate.apiserver.kind.GoDuration;
import ai.a5c.krate.apiserver.kind.RecordCodec;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Claim;
import ai.a5c.krate.apiserver.registry.Strategy;
import ai.a5c.krate.apiserver.registry.WriteContext;
import jakarta.json.JsonArray;
import jakarta.json.JsonString;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a WebhookSubscription must be like beyond its schema. */
final class SubscriptionStrategy implements Strategy {
  static final Duration LONGEST_TIMEOUT = Duration.ofSeconds(60);

  private static final Duration SHORTEST_TIMEOUT = Duration.ofMillis(100);
  private static final Duration SHORTEST_DELAY = Duration.ofMillis(10);
  private static final Duration LONGEST_DELAY = Duration.ofHours(24);
  private static final Duration LONGEST_DEADLINE = Duration.ofDays(30);
  private static final int MOST_HEADER_CHARACTERS = 16 * 1024;
  private static final int LAST_PORT = 65_535;
  private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}");
  private static final Pattern VALUE = Pattern.compile("[\\x20-\\x7e\\t]*");
  private static final Set<String> TAKEN_HEADERS =
      Set.of(
          "host",
          "transfer-encoding",
          "connection",
          "keep-alive",
          "te",
          "trailer",
          "upgrade",
          "expect");
  private static final List<String> TAKEN_PREFIXES =
      List.of("content-", "webhook-", "x-krate-", "proxy-");

  private final GroupResource repositories;

  SubscriptionStrategy(GroupResource repositories) {
    this.repositories = repositories;
  }

  /**
   * Who sends the events of a repository elsewhere maintains it; and so does who changes or ends
   * that. The status says nothing of repositories.
   */
  @Override
  public List<Claim> claims(WriteContext context, @Nullable ApiObject old, ApiObject object) {
    if (context.onStatus()) {
      return List.of();
    }
    Set<String> named = new TreeSet<>(named(object));
    if (old != null) {
      named.addAll(named(old));
    }
    return named.stream()
        .map(name -> new Claim("maintain", repositories, "", name.equals("*") ? "" : name))
        .toList();
  }

  /** The repositories by name; all, if none is named. */
  private static List<String> named(ApiObject object) {
    return object.at("spec", "repositories").orElse(null) instanceof JsonArray list
            && !list.isEmpty()
        ? list.stream().map(n -> n instanceof JsonString name ? name.getString() : "*").toList()
        : List.of("*");
  }

  @Override
  public List<FieldError> validate(
      WriteContext context, @Nullable ApiObject old, ApiObject object) {
    if (context.onStatus()) {
      return List.of();
    }
    var spec = RecordCodec.read(WebhookSubscription.class, object.json()).spec();
    List<FieldError> errors = new ArrayList<>();
    urlFault(spec.url())
        .ifPresent(fault -> errors.add(FieldError.invalid("spec.url", spec.url(), fault)));
    events(spec.events(), errors);
    secrets(spec.secretRefs(), errors);
    headers(spec.headers(), errors);
    between("spec.timeout", spec.timeout(), SHORTEST_TIMEOUT, LONGEST_TIMEOUT, errors);
    retry(spec.retry(), errors);
    return errors;
  }

  private static Optional<String> urlFault(String url) {
    URI uri;
    try {
      uri = new URI(url);
    } catch (URISyntaxException e) {
      return Optional.of("it is not a URL: " + e.getReason());
    }
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    if (!scheme.equals("http") && !scheme.equals("https")) {
      return Optional.of("it must begin with https:// or http://");
    }
    if (uri.getRawUserInfo() != null) {
      return Optional.of("it must not hold a user name or password; use spec.headers");
    }
    if (uri.getHost() == null || uri.getHost().isEmpty()) {
      return Optional.of("it must name a host");
    }
    if (uri.getPort() == 0 || uri.getPort() > LAST_PORT) {
      return Optional.of("its port must be between 1 and " + LAST_PORT);
    }
    return uri.getRawFragment() == null
        ? Optional.empty()
        : Optional.of("it must not have a fragment");
  }

  private static void events(List<String> patterns, List<FieldError> errors) {
    for (int i = 0; i < patterns.size(); i++) {
      if (!EventType.isKnown(patterns.get(i))) {
        errors.add(
            new FieldError(
                FieldError.Reason.NOT_SUPPORTED,
                "spec.events[" + i + "]",
                "Unsupported value: \""
                    + patterns.get(i)
                    + "\": supported values: \""
                    + String.join("\", \"", EventType.patterns())
                    + "\""));
      }
    }
  }

  private static void secrets(List<WebhookSubscription.SecretRef> refs, List<FieldError> errors) {
    var seen = new HashSet<WebhookSubscription.SecretRef>();
    for (int i = 0; i < refs.size(); i++) {
      if (!seen.add(refs.get(i))) {
        String shown = refs.get(i).name() + "/" + refs.get(i).key();
        errors.add(
            new FieldError(
                FieldError.Reason.DUPLICATE,
                "spec.secretRefs[" + i + "]",
                "Duplicate value: \"" + shown + "\""));
      }
    }
  }

  private static void headers(Map<String, String> headers, List<FieldError> errors) {
    var seen = new HashSet<String>();
    int characters = 0;
    for (var header : headers.entrySet()) {
      String field = "spec.headers[" + header.getKey() + "]";
      String name = header.getKey().toLowerCase(Locale.ROOT);
      characters += header.getKey().length() + header.getValue().length();
      if (!TOKEN.matcher(name).matches()) {
        errors.add(FieldError.invalid(field, header.getKey(), "it is not a header field name"));
      } else if (TAKEN_HEADERS.contains(name)
          || TAKEN_PREFIXES.stream().anyMatch(name::startsWith)) {
        errors.add(FieldError.forbidden(field, "Krate sets this header field itself"));
      } else if (!seen.add(name)) {
        errors.add(
            new FieldError(
                FieldError.Reason.DUPLICATE, field, "Duplicate value: \"" + name + "\""));
      }
      if (!VALUE.matcher(header.getValue()).matches()) {
        errors.add(
            FieldError.invalid(field, "***", "a value is visible ASCII characters and spaces"));
      }
    }
    if (characters > MOST_HEADER_CHARACTERS) {
      errors.add(
          new FieldError(
              FieldError.Reason.TOO_LONG,
              "spec.headers",
              "Too long: may not be more than " + MOST_HEADER_CHARACTERS + " characters in all"));
    }
  }

  private static void retry(WebhookSubscription.Retry retry, List<FieldError> errors) {
    between("spec.retry.initialDelay", retry.initialDelay(), SHORTEST_DELAY, LONGEST_DELAY, errors);
    between("spec.retry.maxDelay", retry.maxDelay(), SHORTEST_DELAY, LONGEST_DELAY, errors);
    between("spec.retry.deadline", retry.deadline(), SHORTEST_DELAY, LONGEST_DEADLINE, errors);
    if (retry.maxDelay().compareTo(retry.initialDelay()) < 0) {
      errors.add(
          FieldError.invalid(
              "spec.retry.maxDelay",
              GoDuration.print(retry.maxDelay()),
              "it must not be shorter than initialDelay"));
    }
  }

  private static void between(
      String field, Duration value, Duration least, Duration most, List<FieldError> errors) {
    if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
      errors.add(
          FieldError.invalid(
              field,
              GoDuration.print(value),
              "it must be between " + GoDuration.print(least) + " and " + GoDuration.print(most)));
    }
  }
}
