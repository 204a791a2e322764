package ai.a5c.krate.core.identity;

import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.ApiRequest;
import ai.a5c.krate.api.ApiResponse;
import ai.a5c.krate.api.Headers;
import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.meta.Secret;
import ai.a5c.krate.api.records.AuditEvent;
import ai.a5c.krate.apiserver.audit.AuditTrail;
import ai.a5c.krate.apiserver.authn.TokenAuthenticator;
import ai.a5c.krate.apiserver.authz.Attributes;
import ai.a5c.krate.apiserver.authz.Authorizer;
import ai.a5c.krate.apiserver.authz.Decision;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.kind.KindReader;
import ai.a5c.krate.apiserver.registry.Objects;
import ai.a5c.krate.apiserver.registry.Registration;
import ai.a5c.krate.apiserver.registry.Strategy;
import ai.a5c.krate.apiserver.request.ApiServer;
import ai.a5c.krate.apiserver.request.Caller;
import ai.a5c.krate.apiserver.request.Environment;
import ai.a5c.krate.core.PlainKeys;
import ai.a5c.krate.spi.token.Audience;
import ai.a5c.krate.spi.token.IssuedToken;
import ai.a5c.krate.spi.token.TokenService;
import ai.a5c.krate.spi.token.TokenTerms;
import ai.a5c.krate.spi.token.Verification;
import ai.a5c.krate.testkit.storage.FakeStorage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who may ask for a token for whom, and what becomes of it. */
class TokenIssuanceTest {
  private static final Kind AUDIT = KindReader.read(AuditEvent.class);
  private static final String TOKENS = "/apis/authentication.krate.a5c.ai/v1alpha1/tokenrequests";
  private static final Subject ROOT = Subject.of("root", Subject.MASTERS);
  private static final Subject DESK = Subject.of("desk");

  private final FakeStorage storage =
      new FakeStorage(Set.of("krate.a5c.ai"), InstantSource.system());
  private final RememberedTokens tokens = new RememberedTokens();
  private final Set<String> granted = new TreeSet<>();
  private final ApiServer server = server(tokens);

  /** Tokens that are random, and remembered. */
  private static final class RememberedTokens implements TokenService {
    final Map<Secret, TokenTerms> issued = new ConcurrentHashMap<>();

    @Override
    public Duration longestLifetime() {
      return Duration.ofHours(12);
    }

    @Override
    public IssuedToken issue(TokenTerms terms) {
      Secret token = Secret.of("token-" + UUID.randomUUID());
      issued.put(token, terms);
      return new IssuedToken(token, Instant.parse("2026-11-21T12:00:00.5Z"));
    }

    @Override
    public Verification verify(Secret token, Audience where) {
      TokenTerms terms = issued.get(token);
      return terms == null
          ? new Verification.Refused("unknown")
          : new Verification.Verified(
              Subject.of(terms.user(), terms.groups().toArray(String[]::new)), Instant.MAX);
    }
  }

  private ApiServer server(@org.jspecify.annotations.Nullable TokenService service) {
    var objects = new Objects(storage, new PlainKeys());
    Authorizer granting =
        asked ->
            granted.contains(asked.subject().name() + " " + what(asked))
                ? new Decision.Allow("granted")
                : new Decision.NoOpinion();
    return new ApiServer(
        new ApiServer.Parts(
            objects,
            List.of(new Registration(AUDIT, new Strategy() {}, List.of())),
            new IdentityRoom(service).reviews(),
            new AuditTrail(AUDIT, objects, "krate-system", UUID::randomUUID),
            new TokenAuthenticator(tokens),
            Authorizer.inOrder(List.of(Authorizer.masters(), granting)),
            List.of(),
            List.of(),
            List.of(),
            new Environment(
                InstantSource.system(), System::nanoTime, UUID::randomUUID, new Random())));
  }

  private static String what(Attributes asked) {
    return asked.verb() + " " + asked.resource() + " " + asked.name();
  }

  @AfterEach
  void close() {
    server.close();
    storage.close();
  }

  private record Answer(int status, String text) {
    String token() {
      return text.replaceAll("(?s).*\"token\":\"([^\"]*)\".*", "$1");
    }
  }

  private static String spec(String spec) {
    return "{\"apiVersion\":\"authentication.krate.a5c.ai/v1alpha1\",\"kind\":\"TokenRequest\","
        + "\"spec\":{"
        + spec
        + "}}";
  }

  private Answer ask(Subject subject, String spec) {
    return ask(server, new Caller(subject, "192.0.2.1", Headers.NONE), spec);
  }

  private static Answer ask(ApiServer server, Caller caller, String spec) {
    ApiRequest request = ApiRequest.of("POST", TOKENS, "application/json", spec(spec));
    try (ApiResponse response = server.call(caller, request)) {
      return new Answer(
          response.status(), new String(response.body().readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<String> trail() {
    Objects objects = server.objects();
    List<String> entries = new ArrayList<>();
    objects
        .list(AUDIT, "krate-system", null, 1_000, null)
        .objects()
        .forEach(stored -> entries.add(objects.read(AUDIT, stored).json().toString()));
    return entries;
  }

  @Test
  void anAdministratorGetsATokenForAnybody() {
    Answer answer =
        ask(ROOT, "\"user\":\"ada\",\"groups\":[\"team\"],\"use\":\"Git\",\"lifetime\":\"90m\"");

    assertThat(answer.status()).isEqualTo(201);
    assertThat(answer.text()).contains("\"expirationTimestamp\":\"2026-11-21T12:00:00Z\"");
    assertThat(tokens.issued)
        .isEqualTo(
            Map.of(
                Secret.of(answer.token()),
                new TokenTerms("ada", List.of("team"), Audience.GIT, Duration.ofMinutes(90))));
  }

  @Test
  void whatIsLeftOutHasADefault() {
    assertThat(ask(ROOT, "\"user\":\"ada\"").status()).isEqualTo(201);
    assertThat(tokens.issued.values())
        .containsExactly(new TokenTerms("ada", List.of(), Audience.API, Duration.ofHours(1)));
  }

  @Test
  void aTokenForSomebodyNeedsTheRightToActAsHim() {
    String wanted = "\"user\":\"ada\",\"groups\":[\"team\"]";
    assertThat(ask(DESK, wanted).text()).contains("cannot create resource \\\"tokenrequests\\\"");

    granted.add("desk create tokenrequests.authentication.krate.a5c.ai ");
    assertThat(ask(DESK, wanted).text()).contains("cannot impersonate resource \\\"users\\\"");

    granted.add("desk impersonate users ada");
    assertThat(ask(DESK, wanted).text()).contains("cannot impersonate resource \\\"groups\\\"");
    assertThat(tokens.issued).isEmpty();

    granted.add("desk impersonate groups team");
    assertThat(ask(DESK, wanted).status()).isEqualTo(201);
    assertThat(ask(DESK, "\"user\":\"grace\"").status()).isEqualTo(403);
  }

  @Test
  void aTokenBegetsNoOther() {
    String token = ask(ROOT, "\"user\":\"ada\"").token();
    Caller ada =
        new Caller(Subject.ANONYMOUS, "192.0.2.1", Headers.of("Authorization", "Bearer " + token));

    assertThat(ask(server, ada, "\"user\":\"ada\"").text())
        .contains("User \\\"ada\\\" cannot create resource \\\"tokenrequests\\\"");
    assertThat(tokens.issued).hasSize(1);
  }

  @Test
  void reservedNamesAndLongLifetimesAreRefusedToEverybody() {
    Map<String, String> refused =
        Map.of(
            "\"user\":\"system:krate:tidy\"", "spec.user: Forbidden",
            "\"user\":\"a\",\"groups\":[\"b\",\"system:masters\"]", "spec.groups[1]: Forbidden",
            "\"user\":\" a\"", "spec.user: Invalid value",
            "\"user\":\"a\\nb\"", "spec.user: Invalid value",
            "\"user\":\"\"", "spec.user",
            "\"groups\":[\"a\"]", "spec.user",
            "\"user\":\"a\",\"lifetime\":\"12h1s\"", "must be from 1s to 12h",
            "\"user\":\"a\",\"lifetime\":\"999ms\"", "must be from 1s to 12h",
            "\"user\":\"a\",\"lifetime\":\"-1h\"", "spec.lifetime",
            "\"user\":\"a\",\"use\":\"Api\"", "spec.use");
    refused.forEach(
        (spec, why) -> {
          Answer answer = ask(ROOT, spec);
          assertThat(answer.status()).as(spec).isEqualTo(422);
          assertThat(answer.text()).as(spec).contains(why);
        });
    assertThat(tokens.issued).isEmpty();
  }

  @Test
  void moreNamesThanATokenHoldsAreRefused() {
    var groups = new StringBuilder("\"" + "g".repeat(250) + "00\"");
    for (int i = 1; i < 17; i++) {
      groups.append(",\"").append("g".repeat(250)).append(10 + i).append('"');
    }
    assertThat(ask(ROOT, "\"user\":\"a\",\"groups\":[" + groups + "]").text())
        .contains("at most 4096 bytes");
  }

  @Test
  void everyTokenIsInTheTrailWithoutItself() {
    String token = ask(ROOT, "\"user\":\"ada\",\"groups\":[\"team\"]").token();
    ask(DESK, "\"user\":\"ada\"");
    ask(ROOT, "\"user\":\"system:admin\"");

    assertThat(trail()).hasSize(3);
    assertThat(trail().getFirst())
        .contains("\"decision\":\"Allowed\"", "\"name\":\"root\"", "tokenrequests", "team");
    assertThat(trail().toString()).doesNotContain(token).doesNotContain("token-");
  }

  @Test
  void aForgeWithoutAnIssuerSaysSo() {
    try (ApiServer without = server(null)) {
      assertThat(ask(without, Caller.inProcess(ROOT), "\"user\":\"ada\"").text())
          .contains("this server issues no tokens");
    }
  }
}
