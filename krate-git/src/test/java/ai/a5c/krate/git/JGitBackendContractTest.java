package ai.a5c.krate.git;

import ai.a5c.krate.spi.git.GitBackend;
import ai.a5c.krate.spi.storage.RecordStore;
import ai.a5c.krate.testkit.git.GitBackendContract;
import java.nio.file.Path;

class JGitBackendContractTest extends GitBackendContract {
  @Override
  protected GitBackend open(Path folder, RecordStore records) {
    return new JGitBackend(folder, records, GitSettings.defaults());
  }
}
