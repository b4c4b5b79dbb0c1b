package io.weakref.documentation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.Yaml;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Checks the files that the hosting platform reads against the project.
 */
class HostedFilesTests {

	private static final Path FOLDER = Page.ROOT.resolve(".github");

	static List<Path> yamlFiles() throws IOException {
		try (Stream<Path> files = Files.find(FOLDER, 5, (file, attributes) -> file.toString().endsWith(".yml"))) {
			return files.toList();
		}
	}

	@ParameterizedTest
	@MethodSource("yamlFiles")
	void everyFileCanBeParsed(Path file) throws IOException {
		assertThat(yaml(file)).isNotEmpty();
	}

	@Test
	void workflowRunsTheTestCommandOfTheReadme() throws IOException {
		List<String> commands = Page.readme().code("shell").stream().flatMap(String::lines).toList();
		assertThat(commands).contains("./mvnw verify");
		assertThat(String.valueOf(yaml(FOLDER.resolve("workflows/build.yml")).get("jobs")))
			.contains("run=./mvnw verify ");
	}

	@ParameterizedTest
	@MethodSource("yamlFiles")
	void everyScriptThatAWorkflowRunsExists(Path file) throws IOException {
		assertThat(Page.matches(Files.readString(file), "(?<=run: )\\.\\S+").toList())
			.allSatisfy((script) -> assertThat(Page.ROOT.resolve(script)).isExecutable());
	}

	private static Map<String, Object> yaml(Path file) throws IOException {
		return new Yaml().load(Files.readString(file));
	}

}
