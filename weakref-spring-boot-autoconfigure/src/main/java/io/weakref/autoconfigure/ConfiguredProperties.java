package io.weakref.autoconfigure;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.weakref.autoconfigure.InvalidWeakrefPropertiesException.Problem;
import io.weakref.autoconfigure.KnownProperties.Property;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.PlaceholdersResolver;
import org.springframework.boot.context.properties.bind.PropertySourcesPlaceholdersResolver;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.origin.Origin;
import org.springframework.boot.origin.PropertySourceOrigin;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.Environment;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * Reads all properties below {@code weakref} from every property source that can be
 * enumerated, and ensures that none is silently ignored: each one either exists or is
 * reported.
 * <p>
 * The options of caches are collected here rather than by Boot's binder, which treats
 * each spelling of a map key as a separate key. Names without brackets that differ only
 * in case, dashes and underscores (that are equal in Boot's uniform form) denote the same
 * cache. A name in brackets is taken literally. A name without brackets that equals it in
 * uniform form denotes the same cache. So an environment variable can set options of
 * every cache.
 */
final class ConfiguredProperties {

	private static final Log logger = LogFactory.getLog(ConfiguredProperties.class);

	/** An element of a name, with or without brackets. */
	private static final Pattern ELEMENT = Pattern.compile("\\[([^]]*)]|([^.\\[]+)");

	private static final Pattern PLAIN_NAME = Pattern.compile("[A-Za-z0-9_-]*[A-Za-z0-9][A-Za-z0-9_-]*");

	private static final Pattern INDEX = Pattern.compile("\\d+");

	/** Names that other libraries use for limits that a weak cache does not have. */
	private static final Pattern LIMIT = Pattern
		.compile("(max|maximum)(size|weight|entries|elements|capacity)?|expir.*|ttl|timeto(live|idle)|evict.*");

	/** The message for an option that would limit a cache. */
	private static final String NO_LIMIT = "A weak cache has no limit of size or time: an entry stays as long as "
			+ "something else holds its weak side. A cache of kind values can hold values after their last use, with "
			+ "hold-for or hold-max. ";

	private final Property root = KnownProperties.load();

	private final Property cache = Objects.requireNonNull(Objects.requireNonNull(this.root.child("caches")).entry());

	private final Map<String, Cache> caches = new LinkedHashMap<>();

	private final Map<String, Setting> others = new LinkedHashMap<>();

	private final List<Problem> problems = new ArrayList<>();

	private final List<String> strangers = new ArrayList<>();

	private final PlaceholdersResolver placeholders;

	private ConfiguredProperties(Environment environment) {
		this.placeholders = new PropertySourcesPlaceholdersResolver(environment);
		List<Source> sources = new ArrayList<>();
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
			if (source.getUnderlyingSource() instanceof EnumerablePropertySource<?> listed) {
				sources.add(new Source(source, listed, sources.size()));
			}
		}
		// Variables come last: only other sources can spell the names of caches
		sources.forEach((source) -> source.forEachName(false, (name) -> read(source, name)));
		mergeIntoBracketed();
		sources.forEach((source) -> source.forEachName(true, (name) -> readVariable(source, name)));
		this.caches.values()
			.forEach((cache) -> cache.settings
				.forEach((option, setting) -> validate(setting, option, cache.property(option))));
	}

	/**
	 * Read the properties.
	 * @throws InvalidWeakrefPropertiesException if one of them would have no effect
	 */
	static ConfiguredProperties read(Environment environment) {
		ConfiguredProperties properties = new ConfiguredProperties(environment);
		if (!properties.strangers.isEmpty()) {
			logger.warn("Ignored environment variables that set no property below 'weakref': "
					+ String.join(", ", properties.strangers));
		}
		if (!properties.problems.isEmpty()) {
			throw new InvalidWeakrefPropertiesException(properties.problems);
		}
		return properties;
	}

	/**
	 * Return the options of each cache, in the order in which the caches were found.
	 */
	List<Cache> caches() {
		return List.copyOf(this.caches.values());
	}

	/**
	 * Return the exception for a value that is not allowed.
	 */
	InvalidWeakrefPropertiesException invalid(String name, String reason) {
		Setting setting = Objects.requireNonNull(this.others.get(name), name);
		return new InvalidWeakrefPropertiesException(new Problem(name, setting.value(), setting.origin(), reason));
	}

	private void read(Source source, String name) {
		List<Element> elements = elements(name);
		if (elements.isEmpty() || !KnownProperties.uniform(elements.get(0).text()).equals(KnownProperties.PREFIX)) {
			return;
		}
		Setting setting = new Setting(name, source);
		Property property = this.root;
		for (int i = 1; i < elements.size(); i++) {
			Property child = elements.get(i).bracketed() ? null : property.child(elements.get(i).text());
			if (child == null) {
				if (!isIndexOf(property, elements, i)) {
					unknown(setting, property, texts(elements, i));
				}
				else {
					known(setting, property, name.substring(name.lastIndexOf('[')));
				}
				return;
			}
			if (child.entry() != null && i + 1 < elements.size()) {
				readCache(setting, elements, i + 1);
				return;
			}
			property = child;
		}
		end(setting, property);
	}

	private static boolean isIndexOf(Property property, List<Element> elements, int i) {
		return property.isOf(Iterable.class) && i == elements.size() - 1 && elements.get(i).bracketed()
				&& INDEX.matcher(elements.get(i).text()).matches();
	}

	private void readCache(Setting setting, List<Element> elements, int from) {
		Element first = elements.get(from);
		int option = from + 1;
		while (option < elements.size() && option(elements, option) == null) {
			option++;
		}
		boolean none = option == elements.size() && elements.size() > from + 1;
		int end = none ? from + 1 : option;
		if (!first.bracketed() && (end > from + 1 || !PLAIN_NAME.matcher(first.text()).matches())) {
			bracketsMissing(setting, String.join(".", texts(elements.subList(0, end), from)),
					String.join(".", texts(elements, end)));
		}
		else if (none || end > from + 1) {
			unknown(setting, this.cache, texts(elements, from + 1));
		}
		else if (first.text().isBlank()) {
			this.problems
				.add(Problem.ofName(setting.name(), setting.origin(), "The name of a cache must not be blank."));
		}
		else {
			String key = first.bracketed() ? "[" + first.text() + "]" : KnownProperties.uniform(first.text());
			Cache target = this.caches.computeIfAbsent(key, (name) -> new Cache(first.text()));
			if (!first.bracketed()) {
				target.spell(first.text(), setting.source().isVariables());
			}
			target.set(option(elements, option), setting);
		}
	}

	private @Nullable Property option(List<Element> elements, int from) {
		return (from < elements.size()) ? this.cache.find(from, elements.size(), (index) -> elements.get(index).text())
				: null;
	}

	/**
	 * Merge options that are set without brackets into the cache with the same name in
	 * brackets.
	 */
	private void mergeIntoBracketed() {
		for (String key : List.copyOf(this.caches.keySet())) {
			List<Cache> bracketed = (key.charAt(0) != '[') ? bracketed(key) : List.of();
			if (bracketed.size() == 1) {
				Objects.requireNonNull(this.caches.remove(key)).settings.forEach(bracketed.get(0)::set);
			}
		}
	}

	private List<Cache> bracketed(String uniformName) {
		return this.caches.entrySet()
			.stream()
			.filter((cache) -> cache.getKey().charAt(0) == '['
					&& KnownProperties.uniform(cache.getValue().name).equals(uniformName))
			.map(Map.Entry::getValue)
			.toList();
	}

	/**
	 * Read an environment variable. Its underscores may separate elements or stand for
	 * dashes within one; the existing properties decide.
	 */
	private void readVariable(Source source, String name) {
		List<String> words = Arrays.asList(name.toLowerCase(Locale.ROOT).split("_"));
		if (words.size() < 2 || !words.get(0).equals(KnownProperties.PREFIX)) {
			return;
		}
		Setting setting = new Setting(name, source);
		Property property = this.root;
		int from = 1;
		while (from < words.size() && property.entry() == null && property.type() == null) {
			Property child = null;
			int to = from + 1;
			while (to <= words.size()) {
				child = property.child(String.join("", words.subList(from, to)));
				if (child != null) {
					break;
				}
				to++;
			}
			if (child == null) {
				unknownVariable(setting, property, words, from);
				return;
			}
			property = child;
			from = to;
		}
		if (from == words.size()) {
			end(setting, property);
		}
		else if (property.entry() != null) {
			readCacheVariable(setting, words, from);
		}
		else if (property.isOf(Iterable.class) && from == words.size() - 1
				&& INDEX.matcher(words.get(from)).matches()) {
			known(setting, property, "[" + words.get(from) + "]");
		}
		else {
			unknown(setting, property, words.subList(from, words.size()));
		}
	}

	private void unknownVariable(Setting setting, Property property, List<String> words, int from) {
		if (property == this.root) {
			// Other programs and container platforms set variables, too
			this.strangers.add(setting.name());
		}
		else {
			unknown(setting, property, words.subList(from, words.size()));
		}
	}

	/**
	 * Read an option of a cache. It belongs to a declared cache if the variable can be
	 * read as its name, otherwise to a new one whose name is the first word.
	 */
	private void readCacheVariable(Setting setting, List<String> words, int from) {
		int size = words.size();
		int end = from + 1;
		for (int to = size; to > from; to--) {
			List<Cache> found = find(String.join("", words.subList(from, to)));
			Property option = this.cache.child(String.join("", words.subList(to, size)));
			if (found.size() > 1) {
				this.problems.add(Problem.ofName(setting.name(), setting.origin(), "It matches several caches: %s."
					.formatted(found.stream().map(Cache::name).collect(Collectors.joining(", ")))));
				return;
			}
			if (found.size() == 1 && (option != null || to == size)) {
				found.get(0).set(option, setting);
				return;
			}
			end = (option != null || !found.isEmpty()) ? to : end;
		}
		Property option = this.cache.child(String.join("", words.subList(end, size)));
		if (option == null && end < size) {
			unknown(setting, this.cache, words.subList(end, size));
		}
		else if (end > from + 1 && option != null) {
			this.problems.add(Problem.ofName(setting.name(), setting.origin(),
					"No other property source declares a cache with this name. An environment variable that declares a new cache must write its name without _. "
							+ "Write WEAKREF_CACHES_%s_%s.".formatted(
									String.join("", words.subList(from, end)).toUpperCase(Locale.ROOT),
									String.join("", words.subList(end, size)).toUpperCase(Locale.ROOT))));
		}
		else {
			this.caches.computeIfAbsent(words.get(from), Cache::new).set(option, setting);
		}
	}

	private List<Cache> find(String uniformName) {
		List<Cache> bracketed = bracketed(uniformName);
		Cache plain = this.caches.get(uniformName);
		return (bracketed.isEmpty() && plain != null) ? List.of(plain) : bracketed;
	}

	/**
	 * Accept a property whose name is complete.
	 */
	private void end(Setting setting, Property property) {
		if (property.type() != null) {
			known(setting, property, "");
		}
		else if (!setting.isEmpty()) {
			this.problems.add(new Problem(setting.name(), setting.value(), setting.origin(), (property.entry() != null)
					? "It has no value of its own. Write the name of each cache below it."
					: "It has no value of its own. The properties below it are: %s.".formatted(property.list())));
		}
	}

	private void known(Setting setting, Property property, String index) {
		String name = property.name() + index;
		if (setting.source().properties().getConfigurationProperty(ConfigurationPropertyName.of(name)) == null) {
			this.problems.add(Problem.ofName(setting.name(), setting.origin(),
					"Spring Boot does not recognize this spelling. Write %s."
						.formatted(setting.source().isVariables() ? variable(name) : name)));
			return;
		}
		Setting other = this.others.putIfAbsent(name, setting);
		if (other == null) {
			validate(setting, property, name);
		}
		else {
			refuseContradiction(other, setting);
		}
	}

	private void refuseContradiction(Setting one, Setting other) {
		if (one.source() == other.source() && !Objects.equals(one.value(), other.value())) {
			this.problems.add(new Problem(other.name(), other.value(), other.origin(),
					"'%s' sets the same property to '%s'%s. Remove one of them.".formatted(one.name(), one.value(),
							(one.origin() != null) ? " (originating from '%s')".formatted(one.origin()) : "")));
		}
	}

	/**
	 * Reject values that Boot would misinterpret.
	 */
	private void validate(Setting setting, @Nullable Property property, String name) {
		Object value = setting.value();
		Object resolved = this.placeholders.resolvePlaceholders(value);
		String unresolved = unresolved(value, resolved);
		if (unresolved != null) {
			this.problems.add(new Problem(name, value, setting.origin(), unresolved));
		}
		else if (property != null && property.isOf(Enum.class) && resolved instanceof Number) {
			this.problems.add(new Problem(name, value, setting.origin(),
					DeclaredCaches.expectedForm(Objects.requireNonNull(property.type()).resolve(Object.class))));
		}
	}

	/**
	 * Return the message for a value with a placeholder that cannot be resolved,
	 * otherwise null.
	 */
	static @Nullable String unresolved(Object value, @Nullable Object resolved) {
		return (value instanceof String && resolved instanceof String text && text.contains("${"))
				? "The placeholder is not resolved: there is no property '%s'."
					.formatted(text.substring(text.indexOf("${") + 2).replaceFirst("[:}].*", ""))
				: null;
	}

	/**
	 * Report a property that does not exist, and list those that do.
	 */
	private void unknown(Setting setting, Property property, List<String> rest) {
		String name = String.join(".", rest);
		if (property.type() != null) {
			this.problems.add(Problem.ofName(setting.name(), setting.origin(),
					"%s has a value of its own and no properties below it.".formatted(property.name())));
			return;
		}
		String start = (property == this.cache) ? "A cache has no option '%s'. ".formatted(name)
				: "There is no property '%s' below %s. ".formatted(name, property.name());
		String suggestion;
		if (property == this.cache && LIMIT.matcher(KnownProperties.uniform(rest.get(0))).matches()) {
			suggestion = NO_LIMIT;
		}
		else {
			String nearest = nearest(property, rest);
			suggestion = (nearest != null) ? "Did you mean %s? ".formatted(nearest) : "";
		}
		String end = ((property == this.cache) ? "The options are: %s." : "The properties are: %s.")
			.formatted(property.list());
		this.problems.add(Problem.ofName(setting.name(), setting.origin(), start + suggestion + end));
	}

	private @Nullable String nearest(Property property, List<String> rest) {
		if (property == this.root && rest.size() > 1 && this.cache.find(1, rest.size(), rest::get) != null) {
			return KnownProperties.PREFIX + ".caches." + String.join(".", rest);
		}
		String nearest = KnownProperties.nearest(rest.get(0), property.children().keySet());
		if (nearest == null || rest.size() > 1) {
			nearest = (nearest != null) ? nearest
					: KnownProperties.nearest(String.join("", rest), property.children().keySet());
		}
		if (nearest != null) {
			return (property == this.cache) ? nearest : property.name() + "." + nearest;
		}
		String last = KnownProperties.uniform(rest.get(rest.size() - 1));
		return this.root.values()
			.stream()
			.filter((value) -> KnownProperties.uniform(value.lastElement()).equals(last))
			.map(Property::name)
			.findFirst()
			.orElse(null);
	}

	private void bracketsMissing(Setting setting, String name, String option) {
		String below = option.isEmpty() ? "" : "." + option;
		this.problems.add(Problem.ofName(setting.name(), setting.origin(),
				("The name '%1$s' needs brackets: without them a name may only contain the letters a to z, digits, - and _. "
						+ "In YAML write%n%n    \"[%1$s]\":%n%nand elsewhere%n%n    weakref.caches[%1$s]%2$s%n%nIn a "
						+ "properties file, put a \\ before each : = and space.")
					.formatted(name, below)));
	}

	private static String variable(String name) {
		return elements(name).stream()
			.map((element) -> KnownProperties.uniform(element.text()).toUpperCase(Locale.ROOT))
			.collect(Collectors.joining("_"));
	}

	private static List<Element> elements(String name) {
		List<Element> elements = new ArrayList<>();
		Matcher matcher = ELEMENT.matcher(name);
		while (matcher.find()) {
			String bracketed = matcher.group(1);
			elements.add((bracketed != null) ? new Element(bracketed, true) : new Element(matcher.group(2), false));
		}
		return elements;
	}

	private static List<String> texts(List<Element> elements, int from) {
		return elements.subList(from, elements.size()).stream().map(Element::text).toList();
	}

	private record Element(String text, boolean bracketed) {
	}

	/**
	 * A property source whose names can be enumerated.
	 */
	private record Source(ConfigurationPropertySource properties, EnumerablePropertySource<?> listed, int order) {

		private boolean isVariables() {
			return this.listed instanceof SystemEnvironmentPropertySource;
		}

		private void forEachName(boolean variables, Consumer<String> action) {
			for (String name : this.listed.getPropertyNames()) {
				if (variables == (isVariables() && name.indexOf('.') == -1)) {
					action.accept(name);
				}
			}
		}

	}

	/**
	 * A property that is set in a source.
	 */
	record Setting(String name, Source source) {

		Object value() {
			Object value = this.source.listed().getProperty(this.name);
			return (value != null) ? value : "";
		}

		boolean isEmpty() {
			return value().toString().isEmpty();
		}

		@Nullable Origin origin() {
			return PropertySourceOrigin.get((PropertySource<?>) this.source.listed(), this.name);
		}

	}

	/**
	 * The settings of one cache.
	 */
	final class Cache {

		private String name;

		private int precision = -1;

		private final Map<@Nullable Property, Setting> settings = new LinkedHashMap<>();

		private Cache(String name) {
			this.name = name;
		}

		/**
		 * Return the name in its most precise spelling, for example with dashes.
		 */
		String name() {
			return this.name;
		}

		/**
		 * Return the setting of each option. The key null stands for a value of the cache
		 * itself.
		 */
		Map<@Nullable Property, Setting> settings() {
			return this.settings;
		}

		/**
		 * Return the setting of an option that is set.
		 */
		Setting setting(String option) {
			return Objects.requireNonNull(this.settings.get(ConfiguredProperties.this.cache.child(option)), option);
		}

		/**
		 * Return the name of the property that sets an option, or the cache itself.
		 */
		String property(@Nullable Property option) {
			String prefix = KnownProperties.PREFIX + ".caches"
					+ (PLAIN_NAME.matcher(this.name).matches() ? "." + this.name : "[" + this.name + "]");
			return (option != null) ? prefix + "." + option.lastElement() : prefix;
		}

		private void spell(String spelling, boolean variable) {
			boolean tellsWords = spelling.matches(".*[_-].*|.*[a-z].*[A-Z].*|.*[A-Z].*[a-z].*");
			int precision = (tellsWords && !variable) ? 1 : 0;
			if (precision > this.precision) {
				this.name = spelling;
				this.precision = precision;
			}
		}

		private void set(@Nullable Property option, Setting setting) {
			Setting other = this.settings.get(option);
			if (other == null || other.source().order() > setting.source().order()) {
				this.settings.put(option, setting);
			}
			else {
				refuseContradiction(other, setting);
			}
		}

	}

}
