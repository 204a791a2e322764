package ai.a5c.krate.apiserver.policy;

import ai.a5c.krate.apiserver.house.House;
import ai.a5c.krate.apiserver.house.House.Answer;
import ai.a5c.krate.apiserver.house.Phrases;
import java.util.List;
import java.util.Optional;

/** A house with policies in a language of agreed phrases. */
final class PolicyHouse implements AutoCloseable {
  static final String POLICIES =
      "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies";
  static final String BINDINGS =
      "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings";
  static final String NOTES_RULE =
      "\"matchConstraints\":{\"resourceRules\":[{\"apiGroups\":[\"toys.example.org\"],"
          + "\"apiVersions\":[\"v1\"],\"operations\":[\"*\"],\"resources\":[\"notes\"]}]}";

  final House house = new House();
  final Phrases language = new Phrases();

  PolicyHouse() {
    house.language = Optional.of(language);
    language.say("yes", scope -> true);
    language.say("no", scope -> false);
    language.say(
        "broken",
        scope -> {
          throw new Phrases.Unsaid(
              new ai.a5c.krate.spi.expression.Evaluation.Failed("no such key: x"));
        });
    language.say("endless", Phrases.Scope::forever);
    language.say(
        "the title is good",
        scope -> !scope.text("object", "spec", "title").startsWith("bad"),
        "object");
  }

  /** Stores a policy of notes, with what else its spec says. */
  Answer policy(String name, String spec) {
    return house.send("POST", POLICIES, policyText(name, NOTES_RULE + "," + spec));
  }

  static String policyText(String name, String spec) {
    return "{\"apiVersion\":\"admissionregistration.k8s.io/v1\",\"kind\":"
        + "\"ValidatingAdmissionPolicy\",\"metadata\":{\"name\":\""
        + name
        + "\"},\"spec\":{"
        + spec
        + "}}";
  }

  /** Binds a policy, by a binding named after it. */
  Answer bind(String policy, String actions, String more) {
    return house.send("POST", BINDINGS, bindingText(policy + "-binding", policy, actions, more));
  }

  static String bindingText(String name, String policy, String actions, String more) {
    return "{\"apiVersion\":\"admissionregistration.k8s.io/v1\",\"kind\":"
        + "\"ValidatingAdmissionPolicyBinding\",\"metadata\":{\"name\":\""
        + name
        + "\"},\"spec\":{\"policyName\":\""
        + policy
        + "\",\"validationActions\":"
        + actions
        + (more.isEmpty() ? "" : "," + more)
        + "}}";
  }

  /** A policy of one rule in force. */
  void deny(String name, String expression) {
    accept(policy(name, "\"validations\":[{\"expression\":\"" + expression + "\"}]"));
    accept(bind(name, "[\"Deny\"]", ""));
  }

  /** A policy in force. */
  void enforce(String name, String spec, String actions) {
    accept(policy(name, spec));
    accept(bind(name, actions, ""));
  }

  static void accept(Answer answer) {
    if (answer.status() >= 300) {
      throw new AssertionError(answer.toString());
    }
  }

  Answer note(String name, String title) {
    return house.send("POST", House.NOTES, House.note(name, title));
  }

  static List<String> warnings(Answer answer) {
    return answer.headers().all("Warning");
  }

  @Override
  public void close() {
    house.close();
  }
}
