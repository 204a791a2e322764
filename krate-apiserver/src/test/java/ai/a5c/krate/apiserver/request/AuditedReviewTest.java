package ai.a5c.krate.apiserver.request;

import static ai.a5c.krate.apiserver.house.House.NOBODY;
import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.ApiRequest;
import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.meta.GroupResource;
import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.api.problem.FieldError;
import ai.a5c.krate.apiserver.authz.Attributes;
import ai.a5c.krate.apiserver.authz.Authorizer;
import ai.a5c.krate.apiserver.authz.Decision;
import ai.a5c.krate.apiserver.house.House;
import ai.a5c.krate.apiserver.house.House.Answer;
import ai.a5c.krate.apiserver.house.Voucher;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.kind.KindReader;
import ai.a5c.krate.apiserver.registry.ApiObject;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A question whose answer is a credential. */
class AuditedReviewTest {
  private static final Kind VOUCHER = KindReader.read(Voucher.class);
  private static final String VOUCHERS = "/apis/toys.example.org/v1/vouchers";
  private static final String CODE = "hunter2";

  private final House house = new House();
  private final AtomicInteger given = new AtomicInteger();

  /** Gives codes; each needs the right to give to its holder. */
  private final class Giving implements Review {
    @Override
    public Kind kind() {
      return VOUCHER;
    }

    @Override
    public boolean audited() {
      return true;
    }

    @Override
    public List<FieldError> errors(Subject subject, ApiObject asked) {
      return asked.text("spec", "holder").equals("nobody")
          ? List.of(FieldError.forbidden("spec.holder", "nobody gets one"))
          : List.of();
    }

    @Override
    public List<Attributes> rights(Subject subject, ApiObject asked) {
      return List.of(
          new Attributes(
              subject,
              "give",
              new GroupResource("", "holders"),
              "",
              "",
              asked.text("spec", "holder")));
    }

    @Override
    public ApiObject answer(Subject subject, ApiObject asked) {
      given.incrementAndGet();
      return asked.withText(CODE, "status", "code");
    }
  }

  @BeforeEach
  void open() {
    house.reviews.add(new Giving());
    house.authorizer =
        Authorizer.inOrder(
            List.of(
                Authorizer.masters(),
                asked ->
                    asked.resource().resource().equals("vouchers")
                        ? new Decision.Allow("anybody may ask")
                        : new Decision.NoOpinion()));
    ApiServer unused = house.server();
  }

  @AfterEach
  void close() {
    house.close();
  }

  private static String voucher(String holder, String more) {
    return "{\"apiVersion\":\"toys.example.org/v1\",\"kind\":\"Voucher\",\"spec\":{\"holder\":\""
        + holder
        + "\"}"
        + more
        + "}";
  }

  private String trail(Revision before) {
    return house.trailAfter(before).stream().map(e -> e.json().toString()).toList().toString();
  }

  @Test
  void theAnswerIsInTheTrailWithoutTheCode() {
    Revision before = house.head();

    Answer answer = house.send("POST", VOUCHERS, voucher("ada", ""));

    assertThat(answer.status()).isEqualTo(201);
    assertThat(answer.text("status", "code")).isEqualTo(CODE);
    assertThat(house.trailAfter(before)).hasSize(1);
    ApiObject entry = house.trailAfter(before).getFirst();
    assertThat(entry.text("decision")).isEqualTo("Allowed");
    assertThat(entry.text("resource", "resource")).isEqualTo("vouchers");
    assertThat(entry.text("command")).startsWith("kubectl create").contains("\"ada\"");
    assertThat(entry.at("code")).hasToString("Optional[201]");
    assertThat(entry.at("revision")).hasToString("Optional[" + entry.resourceVersion() + "]");
    assertThat(trail(before)).doesNotContain(CODE);
  }

  @Test
  void aCodeThatIsSentAlongIsNotWrittenEither() {
    Revision before = house.head();
    String sent = voucher("ada", ",\"status\":{\"code\":\"hunter2\"}");

    house.send("POST", VOUCHERS, sent);
    house.send(NOBODY, "POST", VOUCHERS, sent);
    house.send("POST", VOUCHERS, sent.replace("}}", "}"));

    assertThat(house.trailAfter(before)).hasSize(3);
    assertThat(trail(before)).doesNotContain(CODE);
  }

  @Test
  void whoLacksAFurtherRightGetsNothing() {
    Revision before = house.head();

    Answer refused = house.send(NOBODY, "POST", VOUCHERS, voucher("ada", ""));

    assertThat(refused.status()).isEqualTo(403);
    assertThat(refused.text("message")).contains("cannot give resource \"holders\"");
    assertThat(given).hasValue(0);
    assertThat(house.trailAfter(before))
        .extracting(e -> e.text("decision") + " " + e.text("stage"))
        .containsExactly("Denied Claims");
  }

  @Test
  void aQuestionMustBeWellFormed() {
    assertThat(house.send("POST", VOUCHERS, voucher("", "")).status()).isEqualTo(422);
    assertThat(house.send("POST", VOUCHERS, voucher("x".repeat(21), "")).status()).isEqualTo(422);
    assertThat(house.send("POST", VOUCHERS, voucher("nobody", "")).text("message"))
        .contains("nobody gets one");
    assertThat(given).hasValue(0);
  }

  @Test
  void aDryRunSaysWhetherItWouldBeAnsweredAndAnswersNothing() {
    Revision before = house.head();
    String dryRun = VOUCHERS + "?dryRun=All";

    Answer answer = house.send("POST", dryRun, voucher("ada", ""));

    assertThat(answer.status()).isEqualTo(201);
    assertThat(answer.object().at("status")).isEmpty();
    assertThat(house.send(NOBODY, "POST", dryRun, voucher("ada", "")).status()).isEqualTo(403);
    assertThat(given).hasValue(0);
    assertThat(house.head()).isEqualTo(before);
  }

  private Answer yaml(String body) {
    return House.call(
        house.server().endpoint(House.ADMIN),
        ApiRequest.of("POST", VOUCHERS, "application/yaml", body));
  }

  @Test
  void aQuestionInYamlIsToldWithoutItsStatusToo() {
    Revision before = house.head();
    String head = "apiVersion: toys.example.org/v1\nkind: Voucher\nspec: {holder: ada}\n";

    assertThat(yaml(head + "status: {code: hunter2}\n").status()).isEqualTo(201);
    assertThat(yaml("status: {code: hunter2\n").status()).isEqualTo(400);
    assertThat(yaml("- hunter2").status()).isEqualTo(400);

    assertThat(trail(before)).contains("ada").doesNotContain(CODE);
    assertThat(house.trailAfter(before)).hasSize(3);
  }
}
