package ai.a5c.krate.apiserver.wire;

import static ai.a5c.krate.apiserver.wire.Samples.json;
import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.meta.GroupResource;
import ai.a5c.krate.api.problem.FieldError;
import ai.a5c.krate.api.problem.Problem;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class StatusJsonTest {
  private static final GroupResource WIDGETS = new GroupResource("example.org", "widgets");

  @Test
  void aFailureSaysWhatItIsAbout() {
    assertThat(StatusJson.of(new Problem.NotFound(WIDGETS, "w-1")))
        .isEqualTo(
            json(
                """
                {'kind':'Status','apiVersion':'v1','metadata':{},'status':'Failure',
                 'message':'widgets.example.org \\u0022w-1\\u0022 not found','reason':'NotFound',
                 'details':{'name':'w-1','group':'example.org','kind':'widgets'},'code':404}\
                """));
  }

  @Test
  void anInvalidObjectListsItsCauses() {
    Problem invalid =
        new Problem.Invalid(
            "example.org",
            "Widget",
            "w-1",
            List.of(FieldError.required("spec.title", ""), FieldError.forbidden("", "no")));
    assertThat(StatusJson.of(invalid).getJsonObject("details"))
        .isEqualTo(
            json(
                """
                {'name':'w-1','group':'example.org','kind':'Widget','causes':[
                  {'reason':'FieldValueRequired','message':'Required value','field':'spec.title'},
                  {'reason':'FieldValueForbidden','message':'Forbidden: no'}]}\
                """));
  }

  @Test
  void aFailureAboutNothingInParticularHasNoDetails() {
    assertThat(StatusJson.of(new Problem.BadRequest("no")))
        .isEqualTo(
            json(
                """
                {'kind':'Status','apiVersion':'v1','metadata':{},'status':'Failure',
                 'message':'no','reason':'BadRequest','code':400}\
                """));
  }

  @Test
  void whoMustWaitIsToldHowLong() {
    assertThat(
            StatusJson.of(new Problem.TooManyRequests("slow down", Duration.ofSeconds(7)))
                .getJsonObject("details"))
        .isEqualTo(json("{'retryAfterSeconds':7}"));
  }

  @Test
  void anExpiredListCarriesTheTokenToGoOnWith() {
    assertThat(StatusJson.of(new Problem.Expired("too old", "token")).get("metadata"))
        .isEqualTo(json("{'continue':'token'}"));
    assertThat(StatusJson.of(new Problem.Expired("too old", "")).get("metadata"))
        .isEqualTo(json("{}"));
  }

  @Test
  void aDeletionNamesWhatIsGone() {
    assertThat(StatusJson.deleted(new GroupResource("", "secrets"), "s", "u-1"))
        .isEqualTo(
            json(
                """
                {'kind':'Status','apiVersion':'v1','metadata':{},'status':'Success',
                 'details':{'name':'s','kind':'secrets','uid':'u-1'}}\
                """));
  }
}
