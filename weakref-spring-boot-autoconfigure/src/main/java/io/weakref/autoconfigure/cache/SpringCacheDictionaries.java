package io.weakref.autoconfigure.cache;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

import io.weakref.collection.WeakCollection;
import io.weakref.collection.WeakValueDictionary;
import io.weakref.context.WeakCacheRegistry;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.annotation.BeanFactoryAnnotationUtils;

/**
 * Finds the dictionary of a Spring cache. It is the weak cache bean with that name or
 * qualifier, which may not have been created yet and so may be missing from the registry.
 * If there is no such bean, it is the dictionary that the registry has or creates. If a
 * dictionary was removed from the registry, the one that the registry then has with the
 * name takes its place.
 */
final class SpringCacheDictionaries implements Function<String, WeakValueDictionary<?, ?>> {

	private final WeakCacheRegistry registry;

	private final ListableBeanFactory beanFactory;

	private final Map<String, Found> found = new ConcurrentHashMap<>();

	SpringCacheDictionaries(WeakCacheRegistry registry, ListableBeanFactory beanFactory) {
		this.registry = registry;
		this.beanFactory = beanFactory;
	}

	/**
	 * Return the current dictionary with a name, without creating one.
	 */
	@Nullable WeakValueDictionary<?, ?> find(String name) {
		Found latest = this.found.get(name);
		if (latest == null) {
			return null;
		}
		if (latest.registeredName() == null || isRegistered(latest.registeredName(), latest.dictionary())) {
			return latest.dictionary();
		}
		return (this.registry.find(name).orElse(null) instanceof WeakValueDictionary<?, ?> dictionary) ? dictionary
				: null;
	}

	@Override
	public WeakValueDictionary<?, ?> apply(String name) {
		WeakValueDictionary<?, ?> present = find(name);
		if (present != null) {
			return present;
		}
		// A bean that was found before still exists, but is no longer in the registry.
		Optional<WeakCollection> bean = this.found.containsKey(name) ? Optional.empty() : findBean(name);
		WeakCollection cache = bean.or(() -> this.registry.find(name)).orElseGet(() -> this.registry.values(name));
		if (cache instanceof WeakValueDictionary<?, ?> dictionary) {
			this.found.put(name, new Found(dictionary, registeredName(name, dictionary)));
			return dictionary;
		}
		throw new UnsupportedCacheKindException(name, cache);
	}

	private @Nullable String registeredName(String name, WeakCollection cache) {
		return isRegistered(name, cache) ? name
				: this.registry.names()
					.stream()
					.filter((candidate) -> isRegistered(candidate, cache))
					.findFirst()
					.orElse(null);
	}

	private boolean isRegistered(String name, WeakCollection cache) {
		return this.registry.find(name).orElse(null) == cache;
	}

	private Optional<WeakCollection> findBean(String name) {
		return Arrays
			.stream(BeanFactoryUtils.beanNamesForTypeIncludingAncestors(this.beanFactory, WeakCollection.class, false,
					false))
			.filter((beanName) -> BeanFactoryAnnotationUtils.isQualifierMatch(name::equals, beanName, this.beanFactory))
			.findFirst()
			.map((beanName) -> this.beanFactory.getBean(beanName, WeakCollection.class));
	}

	/**
	 * The dictionary that was last found for a name.
	 *
	 * @param registeredName its name in the registry; {@code null} if it is not in the
	 * registry
	 */
	private record Found(WeakValueDictionary<?, ?> dictionary, @Nullable String registeredName) {
	}

}
