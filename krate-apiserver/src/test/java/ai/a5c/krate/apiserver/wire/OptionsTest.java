package ai.a5c.krate.apiserver.wire;

import static ai.a5c.krate.apiserver.wire.Samples.WIDGET;
import static ai.a5c.krate.apiserver.wire.Samples.json;
import static ai.a5c.krate.apiserver.wire.Samples.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.api.problem.Status;
import ai.a5c.krate.apiserver.wire.DeleteOptions.Propagation;
import ai.a5c.krate.apiserver.wire.WatchOptions.Start;
import ai.a5c.krate.apiserver.wire.WriteOptions.FieldValidation;
import ai.a5c.krate.apiserver.wire.WriteOptions.Write;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class OptionsTest {
  private static final ReadPoint LATEST = new ReadPoint.Latest();
  private static final ReadPoint ANY = new ReadPoint.Any();
  private static final ReadPoint NOT_OLDER = new ReadPoint.NotOlderThan(new Revision(5));
  private static final ReadPoint EXACT = new ReadPoint.Exact(new Revision(5));

  private static ListOptions list(String query) {
    return ListOptions.parse(Query.parse(query), WIDGET);
  }

  private static WatchOptions watch(String query) {
    return WatchOptions.parse(Query.parse(query), WIDGET);
  }

  private static void assertInvalid(Status refusal, String kind, String field) {
    assertThat(refusal.code()).isEqualTo(422);
    assertThat(refusal.details()).isNotNull();
    assertThat(refusal.details().kind()).isEqualTo(kind);
    assertThat(refusal.details().group()).isEqualTo("meta.k8s.io");
    assertThat(refusal.details().causes()).extracting(Status.Cause::field).contains(field);
  }

  @Test
  void aListReadsAsFreshAsItsResourceVersionSays() {
    assertThat(list("").at()).isEqualTo(LATEST);
    assertThat(list("limit=500").at()).isEqualTo(LATEST);
    assertThat(list("resourceVersion=").at()).isEqualTo(LATEST);
    assertThat(list("resourceVersion=0").at()).isEqualTo(ANY);
    assertThat(list("resourceVersion=0&limit=500").at()).isEqualTo(ANY);
    assertThat(list("resourceVersion=0&resourceVersionMatch=NotOlderThan").at()).isEqualTo(ANY);
    assertThat(list("resourceVersion=5").at()).isEqualTo(NOT_OLDER);
    assertThat(list("resourceVersion=5&limit=1").at()).isEqualTo(EXACT);
    assertThat(list("resourceVersion=5&resourceVersionMatch=Exact").at()).isEqualTo(EXACT);
    assertThat(list("resourceVersion=5&resourceVersionMatch=NotOlderThan&limit=1").at())
        .isEqualTo(NOT_OLDER);
  }

  @Test
  void aGetReadsAsFreshAsItsResourceVersionSays() {
    assertThat(ReadPoint.ofGet(Query.EMPTY)).isEqualTo(LATEST);
    assertThat(ReadPoint.ofGet(Query.parse("resourceVersion=0"))).isEqualTo(ANY);
    assertThat(ReadPoint.ofGet(Query.parse("resourceVersion=5"))).isEqualTo(NOT_OLDER);
    assertThat(refusal(() -> ReadPoint.ofGet(Query.parse("resourceVersion=x"))).code())
        .isEqualTo(400);
  }

  @Test
  void aListHasPagesAndSelectors() {
    ListOptions options =
        list("limit=2&continue=abc&labelSelector=app%3Dweb&fieldSelector=metadata.name%3Dw");
    assertThat(options.limit()).isEqualTo(2);
    assertThat(options.continueToken()).isEqualTo("abc");
    assertThat(options.labels()).isEqualTo(LabelSelector.parse("app=web"));
    assertThat(options.fields().requiredName()).contains("w");
    assertThat(list("limit=-3").limit()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "resourceVersion=x",
        "resourceVersion=-1",
        "limit=many",
        "continue=abc&resourceVersion=5",
        "labelSelector=%3D",
        "fieldSelector=spec.color%3Dred"
      })
  void aListThatCannotBeUnderstoodIsABadRequest(String query) {
    assertThat(refusal(() -> list(query)).code()).isEqualTo(400);
  }

  @Test
  void aContinuedListMayComeFromTheCache() {
    assertThat(list("continue=abc&resourceVersion=0").continueToken()).isEqualTo("abc");
  }

  @ParameterizedTest
  @CsvSource({
    "resourceVersionMatch=Exact,resourceVersionMatch",
    "resourceVersionMatch=NotOlderThan,resourceVersionMatch",
    "resourceVersion=0&resourceVersionMatch=Exact,resourceVersionMatch",
    "resourceVersion=5&resourceVersionMatch=Newest,resourceVersionMatch",
    "resourceVersion=5&resourceVersionMatch=Exact&continue=abc,resourceVersionMatch",
    "sendInitialEvents=true,sendInitialEvents",
    "sendInitialEvents=false,sendInitialEvents"
  })
  void aListWhoseOptionsDoNotGoTogetherIsInvalid(String query, String field) {
    assertInvalid(refusal(() -> list(query)), "ListOptions", field);
  }

  @Test
  void aWatchIsAskedForInTheQuery() {
    assertThat(WatchOptions.requested(Query.parse("watch=true"))).isTrue();
    assertThat(WatchOptions.requested(Query.parse("watch=0"))).isFalse();
  }

  @Test
  void aWatchBeginsWhereItsResourceVersionSays() {
    assertThat(watch("").start()).isEqualTo(new Start.State(LATEST, false));
    assertThat(watch("resourceVersion=0").start()).isEqualTo(new Start.State(ANY, false));
    assertThat(watch("resourceVersion=5").start()).isEqualTo(new Start.After(new Revision(5)));
  }

  @Test
  void aStreamingListBeginsWithTheStateAndMarksItsEnd() {
    String streaming = "sendInitialEvents=true&resourceVersionMatch=NotOlderThan";
    String marked = streaming + "&allowWatchBookmarks=true";
    assertThat(watch(streaming).start()).isEqualTo(new Start.State(LATEST, false));
    assertThat(watch(marked).start()).isEqualTo(new Start.State(LATEST, true));
    assertThat(watch(marked + "&resourceVersion=5").start())
        .isEqualTo(new Start.State(NOT_OLDER, true));
    String without = "sendInitialEvents=false&resourceVersionMatch=NotOlderThan";
    assertThat(watch(without).start()).isEqualTo(new Start.Now());
    assertThat(watch(without + "&resourceVersion=5").start())
        .isEqualTo(new Start.After(new Revision(5)));
  }

  @Test
  void aWatchHasATimeoutAndBookmarks() {
    WatchOptions options = watch("timeoutSeconds=300&allowWatchBookmarks=true");
    assertThat(options.timeout()).isEqualTo(Duration.ofMinutes(5));
    assertThat(options.bookmarks()).isTrue();
    assertThat(watch("").timeout()).isNull();
    assertThat(watch("").bookmarks()).isFalse();
    assertThat(watch("timeoutSeconds=9223372036854775807").timeout()).isEqualTo(Duration.ofDays(1));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sendInitialEvents=true",
        "sendInitialEvents=true&resourceVersionMatch=Exact&resourceVersion=5",
        "resourceVersionMatch=NotOlderThan&resourceVersion=5",
        "resourceVersionMatch=Exact&resourceVersion=5"
      })
  void aWatchWhoseOptionsDoNotGoTogetherIsInvalid(String query) {
    assertInvalid(refusal(() -> watch(query)), "ListOptions", "resourceVersionMatch");
  }

  @Test
  void aMalformedWatchIsABadRequest() {
    assertThat(refusal(() -> watch("resourceVersion=x")).code()).isEqualTo(400);
    assertThat(refusal(() -> watch("timeoutSeconds=x")).code()).isEqualTo(400);
  }

  @Test
  void aWriteWarnsOfUnknownFieldsUnlessToldOtherwise() {
    assertThat(WriteOptions.parse(Query.EMPTY, Write.CREATE))
        .isEqualTo(new WriteOptions(false, "", FieldValidation.WARN, false));
    assertThat(
            WriteOptions.parse(
                Query.parse("dryRun=All&fieldManager=kubectl-create&fieldValidation=Strict"),
                Write.CREATE))
        .isEqualTo(new WriteOptions(true, "kubectl-create", FieldValidation.STRICT, false));
    assertThat(WriteOptions.parse(Query.parse("fieldManager=m&force=true"), Write.APPLY).force())
        .isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "CREATE,dryRun=Some,dryRun",
    "UPDATE,dryRun=,dryRun",
    "PATCH,dryRun=All&dryRun=all,dryRun",
    "CREATE,fieldValidation=strict,fieldValidation",
    "PATCH,force=true,force",
    "PATCH,force=false,force",
    "APPLY,force=true,fieldManager",
    "CREATE,fieldManager=a%0Ab,fieldManager"
  })
  void aWriteWithAnUnsupportedOptionIsInvalid(Write write, String query, String field) {
    String kind =
        switch (write) {
          case CREATE -> "CreateOptions";
          case UPDATE -> "UpdateOptions";
          case PATCH, APPLY -> "PatchOptions";
        };
    assertInvalid(refusal(() -> WriteOptions.parse(Query.parse(query), write)), kind, field);
  }

  @Test
  void theNameOfAManagerIsBounded() {
    String query = "fieldManager=" + "m".repeat(129);
    assertInvalid(
        refusal(() -> WriteOptions.parse(Query.parse(query), Write.UPDATE)),
        "UpdateOptions",
        "fieldManager");
  }

  @Test
  void aDeletionIsReadFromItsBodyWithoutAKind() {
    assertThat(DeleteOptions.parse(json("{'propagationPolicy':'Background'}"), Query.EMPTY))
        .isEqualTo(new DeleteOptions(false, null, null, Propagation.BACKGROUND, null));
    assertThat(
            DeleteOptions.parse(
                json(
                    """
                    {'kind':'DeleteOptions','apiVersion':'v1','gracePeriodSeconds':0,
                     'preconditions':{'uid':'u','resourceVersion':'9'},'dryRun':['All'],
                     'orphanDependents':null,'propagationPolicy':'Foreground'}\
                    """),
                Query.EMPTY))
        .isEqualTo(new DeleteOptions(true, "u", "9", Propagation.FOREGROUND, 0L));
    assertThat(DeleteOptions.parse(json("{'orphanDependents':true}"), Query.EMPTY).propagation())
        .isEqualTo(Propagation.ORPHAN);
    assertThat(DeleteOptions.parse(json("{'orphanDependents':false}"), Query.EMPTY).propagation())
        .isEqualTo(Propagation.BACKGROUND);
    assertThat(
            DeleteOptions.parse(json("{'gracePeriodSeconds':-5}"), Query.EMPTY)
                .gracePeriodSeconds())
        .isEqualTo(1);
  }

  @Test
  void aDeletionWithoutABodyIsReadFromTheQuery() {
    assertThat(
            DeleteOptions.parse(
                null, Query.parse("propagationPolicy=Orphan&gracePeriodSeconds=3&dryRun=All")))
        .isEqualTo(new DeleteOptions(true, null, null, Propagation.ORPHAN, 3L));
    assertThat(DeleteOptions.parse(null, Query.EMPTY))
        .isEqualTo(new DeleteOptions(false, null, null, Propagation.UNSPECIFIED, null));
  }

  @Test
  void aDryRunCountsWhereverItStands() {
    assertThat(DeleteOptions.parse(json("{}"), Query.parse("dryRun=All")).dryRun()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'kind':'Widget'}",
        "{'kind':3}",
        "{'gracePeriodSeconds':'1'}",
        "{'gracePeriodSeconds':1.5}",
        "{'preconditions':[]}",
        "{'preconditions':{'uid':1}}",
        "{'orphanDependents':'true'}",
        "{'propagationPolicy':true}",
        "{'dryRun':'All'}",
        "{'dryRun':[1]}"
      })
  void aMalformedDeletionIsABadRequest(String body) {
    assertThat(refusal(() -> DeleteOptions.parse(json(body), Query.EMPTY)).code()).isEqualTo(400);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "{'dryRun':['Some']};dryRun",
        "{'propagationPolicy':'Everything'};propagationPolicy",
        "{'propagationPolicy':'Orphan','orphanDependents':true};propagationPolicy"
      },
      quoteCharacter = '`')
  void aDeletionWithAnUnsupportedOptionIsInvalid(String body, String field) {
    assertInvalid(
        refusal(() -> DeleteOptions.parse(json(body), Query.EMPTY)), "DeleteOptions", field);
  }

  @ParameterizedTest
  @EnumSource(Write.class)
  void everyWriteTakesADryRun(Write write) {
    Query query = Query.parse("dryRun=All&fieldManager=m");
    assertThat(WriteOptions.parse(query, write).dryRun()).isTrue();
  }
}
