package ai.a5c.krate.cel;

import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.spi.expression.Access;
import ai.a5c.krate.spi.expression.Access.Answer;
import ai.a5c.krate.spi.expression.Access.Principal;
import ai.a5c.krate.spi.expression.Access.Principal.Requester;
import ai.a5c.krate.spi.expression.Access.Principal.ServiceAccount;
import ai.a5c.krate.spi.expression.Access.Target;
import ai.a5c.krate.spi.expression.AccessTarget;
import ai.a5c.krate.spi.expression.Declarations;
import ai.a5c.krate.spi.expression.Evaluation;
import ai.a5c.krate.spi.expression.Evaluation.Failed;
import ai.a5c.krate.spi.expression.Evaluation.Value;
import ai.a5c.krate.spi.expression.ResultType;
import ai.a5c.krate.spi.expression.ValueType.Basic;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AuthorizationTest {
  private static final Declarations DECLARATIONS =
      Declarations.none()
          .with("authorizer", Basic.AUTHORIZER)
          .with("authorizer.requestResource", Basic.RESOURCE_CHECK);

  private final List<Object> asked = new ArrayList<>();
  private Answer answer = new Answer(true, "", "");

  private final Access access =
      new Access() {
        @Override
        public Answer mayRequest(Principal who, String verb, String path) {
          asked.addAll(List.of(who, verb, path));
          return answer;
        }

        @Override
        public Answer mayUse(Principal who, String verb, Target target) {
          asked.addAll(List.of(who, verb, target));
          return answer;
        }
      };

  private Evaluation evaluate(String source) {
    AccessTarget requested =
        new AccessTarget(
            access, new Requester(), Target.of("apps", "deployments", "", "default", "web"));
    return Cel.compiled(source, DECLARATIONS, ResultType.ANY)
        .evaluate(name -> new Value(name.equals("authorizer") ? access : requested), Cel.budget());
  }

  @Test
  void aResourceIsAskedAboutPartByPart() {
    assertThat(
            evaluate(
                "authorizer.group('apps').resource('deployments').subresource('scale')"
                    + ".namespace('default').name('web').fieldSelector('spec.x=1')"
                    + ".labelSelector('app=web').check('update').allowed()"))
        .isEqualTo(new Value(true));
    assertThat(asked)
        .containsExactly(
            new Requester(),
            "update",
            new Target("apps", "deployments", "scale", "default", "web", "spec.x=1", "app=web"));
  }

  @Test
  void aPathIsAskedAbout() {
    assertThat(evaluate("authorizer.path('/healthz').check('get').allowed()"))
        .isEqualTo(new Value(true));
    assertThat(asked).containsExactly(new Requester(), "get", "/healthz");
  }

  @Test
  void theResourceOfTheRequestIsAskedAbout() {
    assertThat(evaluate("authorizer.requestResource.check('custom').allowed()"))
        .isEqualTo(new Value(true));
    assertThat(asked)
        .containsExactly(
            new Requester(), "custom", Target.of("apps", "deployments", "", "default", "web"));
  }

  @Test
  void aServiceAccountIsAskedAbout() {
    assertThat(
            evaluate(
                "authorizer.serviceAccount('ns', 'robot').group('').resource('pods')"
                    + ".check('list').allowed()"))
        .isEqualTo(new Value(true));
    assertThat(asked)
        .containsExactly(
            new ServiceAccount("ns", "robot"), "list", Target.of("", "pods", "", "", ""));
  }

  @Test
  void aDecisionHasAReasonAndAnError() {
    String check = "authorizer.path('/x').check('get')";
    answer = new Answer(false, "no rule", "");
    assertThat(
            evaluate(
                "!"
                    + check
                    + ".allowed() && "
                    + check
                    + ".reason() == 'no rule' && !"
                    + check
                    + ".errored() && "
                    + check
                    + ".error() == ''"))
        .isEqualTo(new Value(true));
    answer = new Answer(false, "", "out of reach");
    assertThat(evaluate(check + ".errored() && " + check + ".error() == 'out of reach'"))
        .isEqualTo(new Value(true));
  }

  @Test
  void namesThatAreNoneAreRefused() {
    assertThat(evaluate("authorizer.path(' ')")).isEqualTo(new Failed("path must not be empty"));
    assertThat(evaluate("authorizer.group('').resource('')"))
        .isEqualTo(new Failed("resource must not be empty"));
    assertThat(evaluate("authorizer.serviceAccount('not@valid', 'a')"))
        .isEqualTo(new Failed("Invalid service account namespace"));
    assertThat(evaluate("authorizer.serviceAccount('a', 'not@valid')"))
        .isEqualTo(new Failed("Invalid service account name"));
    assertThat(asked).isEmpty();
  }

  @Test
  void aCheckLacksNothing() {
    assertThat(Cel.refusal("authorizer.group('').check('get')", DECLARATIONS, ResultType.ANY))
        .contains("no matching overload for 'check'");
    assertThat(Cel.refusal("authorizer.allowed()", DECLARATIONS, ResultType.ANY))
        .contains("no matching overload for 'allowed'");
  }
}
