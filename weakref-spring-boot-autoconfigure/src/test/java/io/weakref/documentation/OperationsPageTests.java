package io.weakref.documentation;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import com.example.RecordedApplication;
import io.weakref.ForkedJvm;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Checks the page on operations against the events of the flight recorder.
 */
@Tag("slow")
class OperationsPageTests {

	private final String page = Page.named("operations.md").text();

	@TempDir
	private Path folder;

	@Test
	void documentedCommandPrintsTheFlightRecording() throws Exception {
		String option = Page.find(this.page, "-XX:StartFlightRecording=filename=\\S+\\.jfr");
		String file = option.substring(option.lastIndexOf('=') + 1);
		ForkedJvm.run(RecordedApplication.class, option.replace(file, this.folder.resolve(file).toString()));
		List<String> command = new ArrayList<>(List.of(Page.find(this.page, "(?m)^jfr print .*").split(" ")));
		assertThat(command.get(command.size() - 1)).isEqualTo(file);
		command.set(0, Path.of(System.getProperty("java.home"), "bin", "jfr").toString());
		Path output = this.folder.resolve("output.txt");
		Process process = new ProcessBuilder(command).directory(this.folder.toFile())
			.redirectErrorStream(true)
			.redirectOutput(output.toFile())
			.start();
		assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
		Set<String> named = Set
			.copyOf(Page.codes(this.page).stream().filter((code) -> code.matches("io\\.weakref\\.[A-Z]\\w+")).toList());
		List<String> printed = Page.matches(Files.readString(output), "(?m)^io\\.weakref\\.\\w+").toList();
		assertThat(Set.copyOf(printed)).isEqualTo(named).hasSize(3);
	}

}
