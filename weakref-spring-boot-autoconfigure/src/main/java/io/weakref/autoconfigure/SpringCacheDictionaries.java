package io.weakref.autoconfigure;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;

import io.weakref.collection.WeakCollection;
import io.weakref.collection.WeakValueDictionary;
import io.weakref.context.WeakCacheRegistry;

import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.annotation.BeanFactoryAnnotationUtils;

/**
 * Finds the dictionary of a Spring cache: the weak cache bean of its name or qualifier,
 * which may not have been made yet and so is not in the registry, else the one that the
 * registry has or makes.
 */
final class SpringCacheDictionaries implements Function<String, WeakValueDictionary<?, ?>> {

	private final WeakCacheRegistry registry;

	private final ListableBeanFactory beanFactory;

	SpringCacheDictionaries(WeakCacheRegistry registry, ListableBeanFactory beanFactory) {
		this.registry = registry;
		this.beanFactory = beanFactory;
	}

	@Override
	public WeakValueDictionary<?, ?> apply(String name) {
		WeakCollection cache = findBean(name).or(() -> this.registry.find(name))
			.orElseGet(() -> this.registry.values(name));
		if (cache instanceof WeakValueDictionary<?, ?> dictionary) {
			return dictionary;
		}
		throw new NotASpringCacheException(name, cache);
	}

	private Optional<WeakCollection> findBean(String name) {
		return Arrays
			.stream(BeanFactoryUtils.beanNamesForTypeIncludingAncestors(this.beanFactory, WeakCollection.class, false,
					false))
			.filter((beanName) -> BeanFactoryAnnotationUtils.isQualifierMatch(name::equals, beanName, this.beanFactory))
			.findFirst()
			.map((beanName) -> this.beanFactory.getBean(beanName, WeakCollection.class));
	}

}
