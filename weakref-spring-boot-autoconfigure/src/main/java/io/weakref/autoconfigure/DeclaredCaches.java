package io.weakref.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;

import io.weakref.context.WeakCacheBuilder;
import io.weakref.context.WeakCacheDeclaration;
import io.weakref.context.WeakCacheKind;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.PropertyMapper;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;

/**
 * Binds {@code weakref} before there are beans, judges it, and makes declarations of
 * {@code weakref.caches}. Whatever is wrong is said with the property and what it may be.
 */
final class DeclaredCaches {

	private static final String PREFIX = "weakref";

	private static final Option KEY_TYPE = new Option("key-type", List.of(WeakCacheKind.VALUES, WeakCacheKind.KEYS),
			WeakrefProperties.Cache::keyType);

	private static final Option VALUE_TYPE = new Option("value-type", List.of(WeakCacheKind.VALUES, WeakCacheKind.KEYS),
			WeakrefProperties.Cache::valueType);

	private static final Option ELEMENT_TYPE = new Option("element-type", List.of(WeakCacheKind.SET),
			WeakrefProperties.Cache::elementType);

	private static final Option KEY_MATCH = new Option("key-match", List.of(WeakCacheKind.KEYS, WeakCacheKind.SET),
			WeakrefProperties.Cache::keyMatch);

	private static final Option KEY_RETENTION = new Option("key-retention",
			List.of(WeakCacheKind.KEYS, WeakCacheKind.SET), WeakrefProperties.Cache::keyRetention);

	private final Environment environment;

	DeclaredCaches(Environment environment) {
		this.environment = environment;
	}

	List<WeakCacheDeclaration> load(ClassLoader classLoader) {
		WeakrefProperties properties = bind();
		judge(properties.getCleaner());
		List<WeakCacheDeclaration> declarations = new ArrayList<>();
		properties.getCaches().forEach((name, cache) -> declarations.add(declaration(name, cache, classLoader)));
		return declarations;
	}

	private WeakrefProperties bind() {
		try {
			return Binder.get(this.environment).bindOrCreate(PREFIX, WeakrefProperties.class);
		}
		catch (BindException ex) {
			ConfigurationProperty property = ex.getProperty();
			String name = ((property != null) ? property.getName() : ex.getName()).toString();
			Object value = (property != null) ? property.getValue() : this.environment.getProperty(name);
			throw new InvalidConfigurationPropertyValueException(name, value,
					allowed(Objects.requireNonNullElse(ex.getTarget().getType().resolve(), Object.class)));
		}
	}

	private static String allowed(Class<?> type) {
		if (type.isEnum()) {
			return "It must be one of " + Arrays.stream(type.getEnumConstants())
				.map((constant) -> constant.toString().toLowerCase(Locale.ROOT).replace('_', '-'))
				.collect(Collectors.joining(", ")) + ".";
		}
		if (type == Integer.class || type == int.class) {
			return "It must be a whole number.";
		}
		if (type == Boolean.class || type == boolean.class) {
			return "It must be true or false.";
		}
		if (type == Duration.class) {
			return "It must be a duration, such as 5s or 500ms.";
		}
		if (type == WeakrefProperties.Cache.class) {
			return "It has no value of its own. Set the options of the cache, such as kind, below it, or write {}.";
		}
		return "It cannot be read as " + type.getSimpleName() + ".";
	}

	private static void judge(WeakrefProperties.Cleaner cleaner) {
		if (cleaner.getThreadName().isBlank()) {
			throw invalid("weakref.cleaner.thread-name", cleaner.getThreadName(), "It must not be blank.");
		}
		if (cleaner.getCallbackThreads() < 1) {
			throw invalid("weakref.cleaner.callback-threads", cleaner.getCallbackThreads(), "It must be 1 or more.");
		}
		if (cleaner.getShutdownTimeout().isNegative()) {
			throw invalid("weakref.cleaner.shutdown-timeout", cleaner.getShutdownTimeout(),
					"It must not be negative. 0 interrupts callbacks at once.");
		}
	}

	private static WeakCacheDeclaration declaration(String name, WeakrefProperties.Cache cache,
			ClassLoader classLoader) {
		String property = PREFIX + ".caches." + name;
		judge(cache, property);
		List<Class<?>> types = new ArrayList<>();
		for (Option type : (cache.kind() == WeakCacheKind.SET) ? List.of(ELEMENT_TYPE)
				: List.of(KEY_TYPE, VALUE_TYPE)) {
			String className = (String) type.value.apply(cache);
			if (className != null) {
				types.add(loadClass(className, property + "." + type, classLoader));
			}
		}
		return new WeakCacheDeclaration(name, cache.kind(), types, property, (builder) -> apply(cache, builder));
	}

	private static void judge(WeakrefProperties.Cache cache, String property) {
		WeakCacheKind kind = cache.kind();
		for (Option option : List.of(KEY_TYPE, VALUE_TYPE, ELEMENT_TYPE, KEY_MATCH, KEY_RETENTION)) {
			Object value = option.value.apply(cache);
			if (value != null && !option.kinds.contains(kind)) {
				throw invalid(property + "." + option, value,
						"A cache of kind %s has no %s, only %s. Remove it, or set %s.kind to one of those."
							.formatted(kind, option, kinds(option), property));
			}
		}
		if (cache.initialCapacity() != null && cache.initialCapacity() < 0) {
			throw invalid(property + ".initial-capacity", cache.initialCapacity(), "It must be 0 or more.");
		}
	}

	private static String kinds(Option option) {
		return option.kinds.stream().map("kind %s"::formatted).collect(Collectors.joining(" and "));
	}

	private static Class<?> loadClass(String className, String property, ClassLoader classLoader) {
		if (className.indexOf('<') != -1) {
			throw invalid(property, className, "It must be a class name without type arguments: "
					+ className.substring(0, className.indexOf('<')) + ".");
		}
		Class<?> type;
		try {
			type = ClassUtils.forName(className.trim(), classLoader);
		}
		catch (ClassNotFoundException | LinkageError ex) {
			throw invalid(property, className,
					"There is no such class on the class path of the application. It must be a full class name as in "
							+ "Java source, such as java.lang.String, com.example.Outer.Inner or byte[].");
		}
		if (type.isPrimitive()) {
			throw invalid(property, className, "It must not be a primitive type. Use its class, such as %s."
				.formatted(ClassUtils.resolvePrimitiveIfNecessary(type).getName()));
		}
		return type;
	}

	private static void apply(WeakrefProperties.Cache cache, WeakCacheBuilder builder) {
		PropertyMapper map = PropertyMapper.get();
		map.from(cache::initialCapacity).to(builder::initialCapacity);
		map.from(cache::recordStats).to(builder::recordStats);
		map.from(cache::referents).to(builder::referentPolicy);
		map.from(cache::keyMatch).to(builder::keyMatch);
		map.from(cache::keyRetention).to(builder::keyRetention);
	}

	private static InvalidConfigurationPropertyValueException invalid(String property, Object value, String reason) {
		return new InvalidConfigurationPropertyValueException(property, value, reason);
	}

	/**
	 * An option that not every kind has.
	 */
	private record Option(String name, List<WeakCacheKind> kinds,
			Function<WeakrefProperties.Cache, @Nullable Object> value) {

		@Override
		public String toString() {
			return this.name;
		}

	}

}
