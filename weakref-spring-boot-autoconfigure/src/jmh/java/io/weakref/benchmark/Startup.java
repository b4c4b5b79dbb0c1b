package io.weakref.benchmark;

import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.sun.management.OperatingSystemMXBean;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;

/**
 * What the starter adds to the startup of a small application: the same class without
 * {@code target/classes} on the class path, with it, and with ten declared caches. These
 * take turns in separate JVMs, once on a bare {@code spring-boot-starter}, and once
 * together with Spring MVC, the actuator, Micrometer and Spring's cache abstraction.
 */
final class Startup {

	private static final int ROUNDS = 11;

	private static final int CACHES = 10;

	/** The packages of a {@code spring-boot-starter}. */
	private static final Pattern BARE = Pattern
		.compile("(spring-(boot|boot-autoconfigure|core|beans|context|aop|expression)"
				+ "|logback-(classic|core)|slf4j-api|jul-to-slf4j|log4j-(api|to-slf4j)|snakeyaml|commons-logging"
				+ "|jspecify|jakarta.annotation-api|micrometer-(commons|observation))-\\d.*\\.jar");

	/** The additional packages of the other application. */
	private static final Pattern WEB = Pattern
		.compile("(spring-boot-(actuator|actuator-autoconfigure|cache|health|micrometer-metrics|micrometer-observation"
				+ "|webmvc|servlet|web-server|tomcat|http-converter|jackson)|spring-(web|webmvc|context-support)"
				+ "|tomcat-embed-.*|micrometer-core|HdrHistogram|jackson-(core|databind|annotations))-\\d.*\\.jar");

	private Startup() {
	}

	/**
	 * Measure.
	 * @param args none
	 * @throws IOException if a JVM cannot be started
	 * @throws InterruptedException if interrupted
	 */
	public static void main(String... args) throws IOException, InterruptedException {
		measure("", "none", BARE);
		measure(", web and actuator", "servlet", Pattern.compile(BARE + "|" + WEB));
		System.exit(0);
	}

	private static void measure(String label, String type, Pattern jars) throws IOException, InterruptedException {
		Map<String, Map<String, List<Double>>> figures = new LinkedHashMap<>();
		List<String> bare = classPath(jars, false);
		List<String> with = classPath(jars, true);
		for (int round = -1; round < Figures.repeats(ROUNDS); round++) {
			Map<String, List<String>> lines = new LinkedHashMap<>();
			lines.put("without the starter", start(bare, type, 0));
			lines.put("this", start(with, type, 0));
			lines.put("this, with " + CACHES + " caches", start(with, type, CACHES));
			if (round >= 0) {
				lines.forEach((column, printed) -> printed.forEach((line) -> {
					String[] parts = line.split("\t", -1);
					if (parts[0].equals("start")) {
						figures.computeIfAbsent(parts[1], (figure) -> new LinkedHashMap<>())
							.computeIfAbsent(column, (name) -> new ArrayList<>())
							.add(Double.valueOf(parts[2]));
					}
				}));
			}
		}
		figures.forEach((figure, columns) -> columns.forEach((column, values) -> Figures.print(
				figure.replaceFirst("(?=,|$)", label), column, ResultTable.median(values))));
	}

	private static List<String> classPath(Pattern jars, boolean withStarter) {
		return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
			.filter((entry) -> {
				File file = new File(entry);
				return file.isDirectory() ? withStarter || !file.getName().equals("classes")
						: jars.matcher(file.getName()).matches();
			})
			.toList();
	}

	private static List<String> start(List<String> classPath, String type, int caches)
			throws IOException, InterruptedException {
		List<String> options = new ArrayList<>(List.of("-Xmx256m", "-XX:+UseSerialGC"));
		for (int i = 0; i < caches; i++) {
			options.add("-Dweakref.caches.cache" + i + ".kind=values");
		}
		return Round.fork(options, classPath.stream().collect(Collectors.joining(File.pathSeparator)),
				Application.class.getName(), type);
	}

	/** The application. It does not refer to the starter. */
	@SpringBootConfiguration
	@EnableAutoConfiguration
	static class Application {

		public static void main(String... args) {
			SpringApplication application = new SpringApplication(Application.class);
			boolean web = args[0].equals("servlet");
			application.setWebApplicationType(web ? WebApplicationType.SERVLET : WebApplicationType.NONE);
			application.run("--spring.main.banner-mode=off", "--logging.level.root=warn", "--server.port=0");
			print("CPU until started, ms",
					ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime() / 1e6);
			print("time until started, ms", System.currentTimeMillis()
					- (double) ManagementFactory.getRuntimeMXBean().getStartTime());
			print("classes loaded", ManagementFactory.getClassLoadingMXBean().getTotalLoadedClassCount());
			print("threads", ManagementFactory.getThreadMXBean().getThreadCount());
			System.gc();
			System.gc();
			print("heap after a collection, kB", ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / 1024.0);
			System.exit(0);
		}

		private static void print(String figure, double value) {
			System.out.println("start\t" + figure + "\t" + value);
		}

	}

}
