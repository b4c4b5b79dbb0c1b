package io.weakref.autoconfigure.near;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

import io.weakref.ForkedJvm;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.SpringApplicationAotProcessor;
import org.springframework.context.aot.AbstractAotProcessor;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for an application with a near cache that is processed ahead of time. No server
 * is needed.
 */
@Tag("slow")
class NearCacheAheadOfTimeTests {

	private static final String[] PROPERTIES = { "weakref.near-cache.enabled=true",
			"weakref.near-cache.cache-names=customers", "spring.cache.type=redis", "spring.data.redis.port=1" };

	@Test
	void applicationStartsFromGeneratedCode(@TempDir Path folder) throws IOException {
		Path classes = folder.resolve("classes");
		AbstractAotProcessor.Settings settings = AbstractAotProcessor.Settings.builder()
			.sourceOutput(folder.resolve("sources"))
			.resourceOutput(classes)
			.classOutput(classes)
			.groupId("io.weakref")
			.artifactId("near-aot-tests")
			.build();
		new SpringApplicationAotProcessor(NearCacheAheadOfTimeApplication.class, settings,
				Arrays.stream(PROPERTIES).map("--"::concat).toArray(String[]::new))
			.process();
		String classPath = classes + File.pathSeparator + System.getProperty("java.class.path");
		compile(folder.resolve("sources"), classes, classPath);
		assertThat(ForkedJvm
			.run(classPath, NearCacheAheadOfTimeApplication.class,
					Stream.concat(Stream.of("-Dspring.aot.enabled=true"), Arrays.stream(PROPERTIES).map("-D"::concat))
						.toArray(String[]::new)))
			.contains("started from generated code: true", "near caches: [customers]");
	}

	private static void compile(Path sources, Path classes, String classPath) throws IOException {
		List<String> arguments = new ArrayList<>(
				List.of("-proc:none", "-nowarn", "-d", classes.toString(), "-cp", classPath));
		try (Stream<Path> files = Files.walk(sources)) {
			files.map(Path::toString).filter((file) -> file.endsWith(".java")).forEach(arguments::add);
		}
		StringWriter errors = new StringWriter();
		int result = ToolProvider.findFirst("javac")
			.orElseThrow()
			.run(new PrintWriter(errors), new PrintWriter(errors), arguments.toArray(String[]::new));
		assertThat(result).as(errors.toString()).isZero();
	}

}
