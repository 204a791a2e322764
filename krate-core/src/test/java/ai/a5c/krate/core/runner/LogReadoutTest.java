package ai.a5c.krate.core.runner;

import static ai.a5c.krate.core.runner.LogForge.JOBS;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.a5c.krate.api.ApiRequest;
import ai.a5c.krate.api.ApiResponse;
import ai.a5c.krate.api.meta.Uid;
import ai.a5c.krate.api.records.Job.Phase;
import ai.a5c.krate.spi.blob.BlobStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class LogReadoutTest {
  private LogForge forge = new LogForge();

  @AfterEach
  void close() {
    forge.close();
  }

  private ApiResponse open(String query) {
    return forge.endpoint().call(ApiRequest.get(JOBS + "/build/log" + query));
  }

  private String text(String query) throws IOException {
    try (ApiResponse response = open(query)) {
      assertThat(response.status()).isEqualTo(200);
      return new String(response.body().readAllBytes(), UTF_8);
    }
  }

  private int status(String query) {
    try (ApiResponse response = open(query)) {
      return response.status();
    }
  }

  private static String next(InputStream body) throws IOException {
    byte[] buffer = new byte[4_096];
    int count = body.read(buffer);
    return count < 0 ? "<end>" : new String(buffer, 0, count, UTF_8);
  }

  @Test
  void aJobThatWasNotBegunHasAnEmptyLog() throws Exception {
    Uid unused = forge.job("build");
    assertThat(text("")).isEmpty();

    forge.attempts("build", Phase.SKIPPED);
    assertThat(text("?follow=true")).isEmpty();
  }

  @Test
  void whatIsThereIsGivenWithoutWaiting() throws Exception {
    Uid job = forge.job("build");
    forge.attempts("build", Phase.RUNNING, (String) null);
    forge.print(job, 1, "one\ntwo\n");

    assertThat(text("")).isEqualTo("one\ntwo\n");
    assertThat(text("?sinceBytes=4")).isEqualTo("two\n");
    assertThat(text("?sinceBytes=8")).isEmpty();
    assertThat(text("?sinceBytes=800")).isEmpty();
  }

  @Test
  void theLastLinesAreCountedFromTheEnd() throws Exception {
    Uid job = forge.job("build");
    forge.attempts("build", Phase.SUCCEEDED, "Succeeded");
    assertThat(text("?tailLines=3")).isEmpty();
    forge.print(job, 1, "one\ntwo\nthree\n");

    assertThat(text("?tailLines=0")).isEmpty();
    assertThat(text("?tailLines=1")).isEqualTo("three\n");
    assertThat(text("?tailLines=2")).isEqualTo("two\nthree\n");
    assertThat(text("?tailLines=3")).isEqualTo("one\ntwo\nthree\n");
    assertThat(text("?tailLines=30")).isEqualTo("one\ntwo\nthree\n");

    forge.print(job, 1, "fo");
    assertThat(text("?tailLines=1")).isEqualTo("fo");
    assertThat(text("?tailLines=2")).isEqualTo("three\nfo");

    forge.print(job, 1, "\n" + "x".repeat(300_000) + "\n\n");
    assertThat(text("?tailLines=1")).isEqualTo("\n");
    assertThat(text("?tailLines=2")).isEqualTo("x".repeat(300_000) + "\n\n");
    assertThat(text("?tailLines=3")).startsWith("fo\nx");
  }

  @Test
  void eachAttemptHasALogOfItsOwnAndTheLastIsGiven() throws Exception {
    Uid job = forge.job("build");
    forge.attempts("build", Phase.RUNNING, "Lost", null);
    forge.print(job, 1, "first");
    forge.print(job, 2, "second");

    assertThat(text("")).isEqualTo("second");
    assertThat(text("?attempt=1")).isEqualTo("first");
    assertThat(text("?attempt=1&follow=true")).isEqualTo("first");
    assertThat(text("?attempt=2")).isEqualTo("second");
    assertThat(status("?attempt=3")).isEqualTo(400);
  }

  @Test
  void itIsFollowedUntilTheAttemptHasEnded() throws Exception {
    Uid job = forge.job("build");
    forge.attempts("build", Phase.RUNNING, (String) null);

    try (ApiResponse response = open("?follow=true")) {
      forge.print(job, 1, "one\n");
      assertThat(next(response.body())).isEqualTo("one\n");
      forge.print(job, 1, "two\n");
      assertThat(next(response.body())).isEqualTo("two\n");
      forge.print(job, 1, "last words");
      forge.attempts("build", Phase.QUEUED, "Lost");
      assertThat(next(response.body())).isEqualTo("last words");
      assertThat(next(response.body())).isEqualTo("<end>");
    }
  }

  @Test
  void followingWaitsForTheFirstAttempt() throws Exception {
    Uid job = forge.job("build");
    try (ApiResponse response = open("?follow=true");
        var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<String> first = executor.submit(() -> next(response.body()));
      forge.attempts("build", Phase.RUNNING, (String) null);
      forge.print(job, 1, "one\n");
      assertThat(first.get()).isEqualTo("one\n");
    }
  }

  @Test
  void whoWaitsForTheFirstAttemptReadsTheFirst() throws Exception {
    Uid job = forge.job("build");
    try (ApiResponse response = open("?follow=true")) {
      forge.print(job, 1, "first");
      forge.print(job, 2, "second");
      forge.attempts("build", Phase.RUNNING, "Lost", null);
      assertThat(response.body().readAllBytes()).asString(UTF_8).isEqualTo("first");
    }
  }

  @Test
  void followingAJobThatIsCanceledBeforeItBeginsEnds() throws Exception {
    Uid unused = forge.job("build");
    try (ApiResponse response = open("?follow=true")) {
      forge.attempts("build", Phase.CANCELED);
      assertThat(response.body().readAllBytes()).isEmpty();
    }
  }

  @Test
  void whoIsAheadOfTheLogWaitsForIt() throws Exception {
    Uid job = forge.job("build");
    forge.attempts("build", Phase.RUNNING, (String) null);
    forge.print(job, 1, "one\n");
    try (ApiResponse response = open("?follow=true&sinceBytes=6");
        ApiResponse far = open("?follow=true&sinceBytes=" + Long.MAX_VALUE)) {
      forge.print(job, 1, "two\n");
      assertThat(next(response.body())).isEqualTo("o\n");
      forge.attempts("build", Phase.FAILED, "Failed");
      assertThat(next(response.body())).isEqualTo("<end>");
      assertThat(next(far.body())).isEqualTo("<end>");
    }
  }

  @Test
  void theLogOfAJobThatIsDeletedDoesNotLookComplete() throws Exception {
    Uid job = forge.job("build");
    forge.attempts("build", Phase.RUNNING, (String) null);
    forge.print(job, 1, "one\n");
    try (ApiResponse response = open("?follow=true")) {
      assertThat(next(response.body())).isEqualTo("one\n");
      forge.delete("build");
      assertThatThrownBy(() -> next(response.body())).isInstanceOf(IOException.class);
    }
    forge.logs.forget(job);
    assertThat(forge.logs.length(job, 1)).isZero();
  }

  @Test
  void aLogThatIsForgottenWhileItIsReadDoesNotLookComplete() throws Exception {
    Uid job = forge.job("build");
    forge.attempts("build", Phase.SUCCEEDED, "Succeeded");
    forge.print(job, 1, new byte[BlobStore.MOST_BYTES]);
    forge.print(job, 1, "the end");
    try (ApiResponse response = open("")) {
      assertThat(response.body().readNBytes(BlobStore.MOST_BYTES)).hasSize(BlobStore.MOST_BYTES);
      forge.logs.forget(job);
      assertThatThrownBy(() -> next(response.body())).isInstanceOf(IOException.class);
    }
  }

  @Test
  void queriesThatMakeNoSenseAreRefused() {
    Uid unused = forge.job("build");

    for (String query :
        List.of(
            "?attempt=x",
            "?sinceBytes=1.5",
            "?sinceBytes=9223372036854775808",
            "?tailLines=many")) {
      assertThat(status(query)).as(query).isEqualTo(400);
    }
    for (String query :
        List.of(
            "?attempt=0",
            "?attempt=-1",
            "?attempt=99999999999",
            "?sinceBytes=-1",
            "?tailLines=-1",
            "?tailLines=1&sinceBytes=1")) {
      assertThat(status(query)).as(query).isEqualTo(422);
    }
  }

  @Test
  void whoComesBackAtItsByteHasItByteForByteAcrossRestarts() throws Exception {
    Uid job = forge.job("build");
    forge.attempts("build", Phase.RUNNING, (String) null);
    var random = new Random(5);
    var printed = new ByteArrayOutputStream();
    var read = new ByteArrayOutputStream();
    for (int round = 0; round < 4; round++) {
      LogForge before = forge;
      var arrived = new CountDownLatch(1);
      try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
        Future<?> following =
            executor.submit(
                () -> {
                  follow(before, read, arrived);
                  return null;
                });
        for (int i = 0; i < 30; i++) {
          byte[] piece = new byte[1 + random.nextInt(5_000)];
          random.nextBytes(piece);
          forge.print(job, 1, piece);
          printed.writeBytes(piece);
        }
        arrived.await();
        forge = forge.restarted();
        following.get();
      }
    }
    forge.attempts("build", Phase.SUCCEEDED, "Succeeded");
    try (ApiResponse rest = open("?follow=true&sinceBytes=" + read.size())) {
      read.writeBytes(rest.body().readAllBytes());
    }

    assertThat(read.toByteArray()).isEqualTo(printed.toByteArray());
  }

  /** Reads on from where it is until the server cuts it off. */
  private static void follow(LogForge forge, ByteArrayOutputStream read, CountDownLatch arrived) {
    String target = JOBS + "/build/log?follow=true&sinceBytes=" + read.size();
    try (ApiResponse response = forge.endpoint().call(ApiRequest.get(target))) {
      byte[] buffer = new byte[1_000];
      while (true) {
        int count = response.body().read(buffer);
        assertThat(count).isPositive();
        read.write(buffer, 0, count);
        arrived.countDown();
      }
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("cannot be reached");
    }
  }
}
