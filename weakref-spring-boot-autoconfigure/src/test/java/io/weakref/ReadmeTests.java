package io.weakref;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collector;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.example.RecordedApplication;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.weakref.autoconfigure.WeakCacheManagerAutoConfiguration;
import io.weakref.autoconfigure.WeakrefAutoConfiguration;
import io.weakref.autoconfigure.WeakrefMetricsAutoConfiguration;
import io.weakref.autoconfigure.WeakrefProperties;
import io.weakref.collection.WeakKeyDictionary;
import io.weakref.collection.WeakSet;
import io.weakref.collection.WeakValueDictionary;
import io.weakref.context.WeakCacheRegistry;
import io.weakref.context.WeakTargetSource;
import io.weakref.reference.Finalizer;
import io.weakref.reference.WeakMethod;
import io.weakref.reference.WeakProxy;
import io.weakref.reference.WeakRef;
import io.weakref.reference.WeakRefs;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.json.JsonParserFactory;
import org.springframework.boot.micrometer.metrics.actuate.endpoint.MetricsEndpoint;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.CacheManager;
import org.springframework.core.ResolvableType;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.ClassPathResource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Holds the README to what is there: code, configuration, properties, meters, events.
 */
class ReadmeTests {

	private static final Map<String, String> DEFAULTS_OF_A_CACHE = Map.of("kind", "values", "initial-capacity", "0",
			"key-match", "equality", "key-retention", "oldest");

	private static final Path SOURCES = Path.of("src/test/java");

	private static final String README = read(Path.of("../README.md"));

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(WeakrefAutoConfiguration.class,
				WeakCacheManagerAutoConfiguration.class, WeakrefMetricsAutoConfiguration.class,
				MetricsAutoConfiguration.class, SimpleMetricsExportAutoConfiguration.class));

	@TempDir
	private Path folder;

	@Test
	void everyPieceOfJavaIsCompiledAndRun() throws IOException {
		List<String> sources;
		try (Stream<Path> files = Files.walk(SOURCES.resolve("com/example"))) {
			sources = files.filter(Files::isRegularFile).map(ReadmeTests::read).map(ReadmeTests::normalized).toList();
		}
		List<String> blocks = blocks("java");
		assertThat(blocks).hasSizeGreaterThan(5);
		assertThat(blocks)
			.filteredOn((block) -> sources.stream().noneMatch((source) -> source.contains(normalized(block))))
			.as("what no source of com.example has")
			.isEmpty();
	}

	@ParameterizedTest
	@MethodSource("yaml")
	void everyPieceOfYamlGivesTheBeansThatItPromises(String yaml) throws IOException {
		List<PropertySource<?>> sources = new YamlPropertySourceLoader().load("README",
				new ByteArrayResource(yaml.getBytes(UTF_8)));
		Set<String> known = metadata().keySet();
		for (PropertySource<?> source : sources) {
			assertThat(((EnumerablePropertySource<?>) source).getPropertyNames()).isNotEmpty()
				.allSatisfy((name) -> assertThat(known)
					.contains(name.replaceFirst("^weakref\\.caches(\\.[^.]+|\\[[^]]+])\\.", "weakref.caches.*.")));
		}
		this.contextRunner
			.withInitializer((context) -> sources.forEach(context.getEnvironment().getPropertySources()::addFirst))
			.run((context) -> {
				assertThat(context).hasNotFailed();
				WeakrefProperties properties = context.getBean(WeakrefProperties.class);
				assertThat(properties.getCaches().isEmpty()).isEqualTo(properties.getSpringCache().isEnabled());
				properties.getCaches().forEach((name, cache) -> hasBean(context, name, cache));
				assertThat(context.getBeansOfType(CacheManager.class).keySet())
					.isEqualTo(properties.getSpringCache().isEnabled() ? Set.of("weakCacheManager") : Set.of());
			});
	}

	private static void hasBean(AssertableApplicationContext context, String name, WeakrefProperties.Cache cache) {
		ResolvableType type = switch (cache.kind()) {
			case VALUES -> type(WeakValueDictionary.class, cache.keyType(), cache.valueType());
			case KEYS -> type(WeakKeyDictionary.class, cache.keyType(), cache.valueType());
			case SET -> type(WeakSet.class, cache.elementType());
		};
		assertThat(context.getBeanProvider(type).getObject()).isSameAs(context.getBean(name));
		assertThat(context.getBean(WeakCacheRegistry.class).get(name)).isSameAs(context.getBean(name));
	}

	private static ResolvableType type(Class<?> collection, @Nullable Class<?>... arguments) {
		return ResolvableType.forClassWithGenerics(collection,
				Arrays.stream(arguments).map(Objects::requireNonNull).toArray(Class<?>[]::new));
	}

	@Test
	void firstUseShowsItsFigureAtTheEndpointThatIsNamed() {
		assertThat(README).contains("/actuator/metrics/weakref.live?tag=cache:tiles");
		this.contextRunner.withPropertyValues("weakref.caches.tiles.kind=values").run((context) -> {
			Object tile = new Object();
			context.getBean(WeakCacheRegistry.class).<String, Object>values("tiles").put("a", tile);
			assertThat(new MetricsEndpoint(context.getBean(MeterRegistry.class)).metric("weakref.live",
					List.of("cache:tiles")))
				.isNotNull()
				.satisfies((metric) -> assertThat(metric.getMeasurements()).singleElement()
					.satisfies((sample) -> assertThat(sample.getValue()).isEqualTo(1)));
			assertThat(tile).isNotNull();
		});
	}

	@Test
	void dependencyIsTheStarter() {
		assertThat(blocks("xml")).singleElement()
			.satisfies((dependency) -> assertThat(normalized(read(Path.of("../weakref-spring-boot-starter/pom.xml"))))
				.contains(find(dependency, "<artifactId>.*?</artifactId>"))
				.contains(normalized(find(dependency, "(?s)<groupId>.*?</groupId>")))
				.contains(find(dependency, "<version>.*?</version>")));
	}

	@Test
	void everyPropertyIsInTheTableAndEveryPropertyOfTheTableIsThere() {
		Map<String, @Nullable Object> metadata = metadata();
		metadata.remove("weakref.caches");
		Map<String, String> table = new TreeMap<>();
		for (List<String> row : table("Properties")) {
			String prefix = "";
			for (String code : codes(row.get(0))) {
				String name = code.startsWith(".") ? prefix + code : code.replace("<name>", "*");
				prefix = name.substring(0, name.lastIndexOf('.'));
				table.put(name, row.get(1));
			}
		}
		assertThat(table.keySet()).isEqualTo(metadata.keySet());
		assertThat(table).allSatisfy((name, cell) -> {
			if (cell.startsWith("`")) {
				assertThat(codes(cell)).containsExactly(String.valueOf(metadata.get(name)));
			}
		});
	}

	@Test
	void everyMeterIsInTheTableWithItsTagsAndEveryMeterOfTheTableIsThere() {
		this.contextRunner
			.withPropertyValues("weakref.caches.a.kind=values", "weakref.caches.b.kind=keys",
					"weakref.caches.c.kind=set")
			.run((context) -> {
				Map<String, Set<String>> registered = new TreeMap<>();
				Set<String> values = new TreeSet<>();
				for (Meter meter : context.getBean(MeterRegistry.class).getMeters()) {
					if (meter.getId().getName().startsWith("weakref.")) {
						List<Tag> tags = meter.getId().getTags();
						registered.put(meter.getId().getName(), tags.stream().map(Tag::getKey).collect(set()));
						tags.stream()
							.filter((tag) -> Set.of("kind", "result").contains(tag.getKey()))
							.forEach((tag) -> values.add(tag.getValue()));
					}
				}
				Map<String, Set<String>> table = new TreeMap<>();
				Set<String> named = new TreeSet<>();
				for (List<String> row : table("Meters")) {
					Set<String> words = new TreeSet<>(codes(row.get(2)));
					Set<String> keys = words.stream()
						.filter(Set.of("cache", "kind", "result", "cleaner")::contains)
						.collect(set());
					words.removeAll(keys);
					named.addAll(words);
					codes(row.get(0)).forEach((name) -> table.put(name, keys));
				}
				assertThat(table).isEqualTo(registered);
				assertThat(named).isEqualTo(values);
			});
	}

	@Test
	void flightRecordIsPrintedByTheCommandThatIsGiven() throws Exception {
		String option = find(README, "-XX:StartFlightRecording=filename=\\S+\\.jfr");
		String file = option.substring(option.lastIndexOf('=') + 1);
		ForkedJvm.run(RecordedApplication.class, option.replace(file, this.folder.resolve(file).toString()));
		List<String> command = new ArrayList<>(List.of(find(README, "(?m)^jfr print .*").split(" ")));
		assertThat(command.get(command.size() - 1)).isEqualTo(file);
		command.set(0, Path.of(System.getProperty("java.home"), "bin", "jfr").toString());
		Path output = this.folder.resolve("output.txt");
		Process process = new ProcessBuilder(command).directory(this.folder.toFile())
			.redirectErrorStream(true)
			.redirectOutput(output.toFile())
			.start();
		assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
		Set<String> named = matches(README, "`io\\.weakref\\.\\w+`").map((code) -> code.replace("`", ""))
			.collect(set());
		assertThat(matches(Files.readString(output), "(?m)^io\\.weakref\\.\\w+").collect(set())).isEqualTo(named)
			.hasSize(3);
	}

	@Test
	void everyMethodOfThePythonTableIsThere() {
		Set<String> methods = Stream
			.of(WeakRef.class, WeakRefs.class, WeakProxy.class, WeakTargetSource.class, Finalizer.class,
					WeakMethod.class, WeakKeyDictionary.class, WeakValueDictionary.class, WeakSet.class)
			.flatMap((type) -> Arrays.stream(type.getMethods())
				.filter((method) -> !Modifier.isAbstract(method.getModifiers()))
				.flatMap((method) -> Stream.of(method.getName(), type.getSimpleName() + "." + method.getName())))
			.collect(set());
		List<String> named = table("Python to Java").stream()
			.flatMap((row) -> codes(row.get(1)).stream())
			.filter((code) -> !code.matches("\\w*(Proxy|Ref|Exception)"))
			.map((code) -> code.replaceFirst("^r\\.", "WeakRef.").replaceFirst("\\(.*", ""))
			.toList();
		assertThat(named).hasSizeGreaterThan(30).allSatisfy((name) -> assertThat(methods).contains(name));
	}

	@Test
	void everyLinkLeadsSomewhere() {
		for (Path file : List.of(Path.of("../README.md"), Path.of("src/docs/operations.md"))) {
			assertThat(matches(read(file), "\\]\\((?!https?:)[^)]+\\)")
				.map((link) -> link.substring(2, link.length() - 1))).isNotEmpty().allSatisfy((link) -> {
					String[] parts = link.split("#", 2);
					Path target = parts[0].isEmpty() ? file : file.resolveSibling(parts[0]);
					assertThat(target).exists();
					if (parts.length > 1) {
						assertThat(
								matches(read(target), "(?m)^#+ .*$").map((heading) -> heading.replaceFirst("^#+ ", "")
									.toLowerCase(Locale.ROOT)
									.replaceAll("[^\\w -]", "")
									.replace(' ', '-')))
							.contains(parts[1]);
					}
				});
		}
	}

	static List<String> yaml() {
		return blocks("yaml");
	}

	private static List<String> blocks(String language) {
		return Pattern.compile("(?ms)^```" + language + "\n(.*?)^```$")
			.matcher(README)
			.results()
			.map((match) -> match.group(1))
			.toList();
	}

	private static List<List<String>> table(String heading) {
		String section = find(README, "(?ms)^## " + heading + "$.*?(?=^## )");
		List<List<String>> rows = matches(section, "(?m)^\\|.*\\|$").skip(2)
			.map((row) -> Arrays.stream(row.substring(1, row.length() - 1).split("\\|")).map(String::strip).toList())
			.toList();
		assertThat(rows).isNotEmpty();
		return rows;
	}

	private static List<String> codes(String cell) {
		return matches(cell, "`[^`]+`").map((code) -> code.substring(1, code.length() - 1)).toList();
	}

	private static String find(String text, String pattern) {
		return matches(text, pattern).findFirst().orElseThrow(() -> new AssertionError("Nothing like " + pattern));
	}

	private static Stream<String> matches(String text, String pattern) {
		return Pattern.compile(pattern).matcher(text).results().map(MatchResult::group);
	}

	private static Collector<String, ?, Set<String>> set() {
		return Collectors.toCollection(TreeSet::new);
	}

	private static String normalized(String text) {
		return text.replaceAll("\\s+", " ").strip();
	}

	private static String read(Path file) {
		try {
			return Files.readString(file);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@SuppressWarnings("unchecked")
	private static Map<String, @Nullable Object> metadata() {
		try {
			Map<String, Object> metadata = JsonParserFactory.getJsonParser()
				.parseMap(new ClassPathResource("/META-INF/spring-configuration-metadata.json", WeakrefProperties.class)
					.getContentAsString(UTF_8));
			Map<String, @Nullable Object> defaults = new TreeMap<>();
			((List<Map<String, Object>>) Objects.requireNonNull(metadata.get("properties")))
				.forEach((property) -> defaults.put((String) Objects.requireNonNull(property.get("name")),
						property.get("defaultValue")));
			// What an editor reads from the class of the map's values
			for (RecordComponent option : WeakrefProperties.Cache.class.getRecordComponents()) {
				String name = option.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
				defaults.put("weakref.caches.*." + name, DEFAULTS_OF_A_CACHE.get(name));
			}
			return defaults;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
