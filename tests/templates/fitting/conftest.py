"""A firm's own Word file, and what it is measured by."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType

import pytest

from templates.catalogue import Template
from templates.fields import Fields, acceptance_fields, contract_fields, with_number
from templates.fitting.fitness import Fitness, Measure, fitness_of
from templates.fitting.vocabulary import Vocabulary
from templates.rendering.fontconfig import families
from templates.terms import AcceptanceTerms, ContractTerms


def _load() -> ModuleType:
    place = Path(__file__).with_name("firmfile.py")
    spec = importlib.util.spec_from_file_location("firmfile", place)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def firm() -> ModuleType:
    return _load()


@pytest.fixture(scope="session")
def firm_file(firm: ModuleType) -> bytes:
    content: bytes = firm.firm_file()
    return content


@pytest.fixture(scope="session")
def measure(contract_terms: ContractTerms, contract_template: Template) -> Measure:
    def sample(figures: Mapping[str, str]) -> Fields:
        return with_number(contract_fields(contract_terms, figures), "GD-0000-0000")

    standard = contract_template.defaults
    vocabulary = Vocabulary.of("contract", sample(standard), standard, [frozenset(standard)])
    faces = frozenset(name.casefold() for name in families())
    return Measure(vocabulary, contract_template, sample, (), faces)


@pytest.fixture(scope="session")
def report_measure(acceptance_terms: AcceptanceTerms, acceptance_template: Template) -> Measure:
    def sample(figures: Mapping[str, str]) -> Fields:
        return with_number(acceptance_fields(acceptance_terms, figures), "GD-0000-0000-Y01")

    standard = acceptance_template.defaults
    vocabulary = Vocabulary.of("acceptance", sample(standard), standard, [frozenset(standard)])
    faces = frozenset(name.casefold() for name in families())
    return Measure(vocabulary, acceptance_template, sample, (), faces)


@pytest.fixture(scope="session")
def check(measure: Measure) -> Callable[[bytes], Fitness]:
    return lambda content: fitness_of(content, measure)
