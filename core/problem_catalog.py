"""What each code means to whoever sent the message, and what to do about it.

A test finds every code that can reach a sender and looks for it here.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Explanation:
    """``title`` is the same for every occurrence (RFC 9457, 3.1.3); ``advice`` is what the sender
    can do."""

    title: str
    advice: str


_TEXTS = {
    # -- the request --
    "unauthenticated": (
        "The request is not authenticated",
        "Check the credential of this endpoint, the signature over the raw body, and the clock of "
        "the sender (five minutes either way). The reason is not told here; the endpoint's "
        "administrator sees it.",
    ),
    "https_required": (
        "The address must be called by https",
        "Send to the https address. Whatever secret the request carried has crossed the network in the clear: have it "
        "replaced.",
    ),
    "endpoint_not_live": (
        "The endpoint does not accept messages now",
        "Ask the administrator to put the endpoint live, then send again.",
    ),
    "interface_retired": (
        "This interface is not spoken any more",
        "Nothing was stored. Send to the address that the Link header names, or ask the administrator what took its place.",
    ),
    "unknown_schema_version": (
        "The version of the contract that dataschema names is not known",
        "Nothing was stored. Name a version that is spoken here and is for such documents, or leave dataschema out: then "
        "the version in use applies.",
    ),
    "schema": (
        "The document does not fit the schema of its contract",
        "Nothing was stored. The list names each place and the rule of the JSON Schema that it breaks. Correct them and "
        "send again.",
    ),
    "endpoint_paused": (
        "The endpoint is paused",
        "Nothing was stored. Send the same messages again once Retry-After has passed.",
    ),
    "bad_address": (
        "The address does not fit what is sent",
        "POST to the endpoint; PUT a FHIR resource to its type and id.",
    ),
    "batch_refused": (
        "Another message of the same body is bad",
        "Nothing of the body was stored. Correct the bad messages and send all of them again.",
    ),
    "unknown_source": (
        "This endpoint does not accept messages of that source",
        "Ask the administrator to add the source to the endpoint's table, or correct what the "
        "message names.",
    ),
    "kind_not_taken": (
        "This endpoint does not take messages of that kind",
        "Send them to the endpoint that is for them, or ask the administrator to let them in here: the endpoint says which "
        "contracts it takes documents of.",
    ),
    "unknown_facility": (
        "The facility that the message names is not known",
        "Ask the administrator to add the facility, or correct what the message names.",
    ),
    "owned_elsewhere": (
        "Another system is the system of record",
        "What is said there differs from the word of whoever masters it. Have it corrected there, or ask "
        "the administrator to change the ownership.",
    ),
    "identity_conflict": (
        "The same id came before with another content",
        "An id stands for one content for ever. Give the changed content a new id.",
    ),
    "body_too_large": (
        "The body is too large",
        "Send fewer messages at once, or ask for a higher limit.",
    ),
    "too_many_messages": ("The batch has too many messages", "Send smaller batches."),
    "too_many_documents": ("The batch has too many documents", "Send smaller batches."),
    "unsupported_media_type": (
        "The content type is not what this endpoint reads",
        "Send the content type of the endpoint's format.",
    ),
    "rate_limited": (
        "Too many messages in too short a time",
        "Nothing was stored. Wait as long as Retry-After says, then send the same again. RateLimit-Policy tells how many "
        "may come in how many seconds, RateLimit how many may come now; a batch counts as many as it has messages.",
    ),
    "overloaded": (
        "More messages wait than can be worked off now",
        "Nothing was stored. Wait as long as Retry-After says, then send the same again.",
    ),
    "not_found": ("There is nothing at this address", "Check the address."),
    "method_not_allowed": (
        "The method is not allowed here",
        "Use a method that the Allow header names.",
    ),
    "bad_request": ("The request is malformed", "Check the request line and the headers."),
    "unavailable": (
        "The message cannot be taken just now",
        "Nothing was stored. Wait as long as Retry-After says, then send the same message again.",
    ),
    "internal_error": (
        "Something went wrong on our side",
        "Nothing was stored. Send the same message again later; tell the administrator if it "
        "stays so.",
    ),
    "bad_documents": (
        "Some documents of the batch are bad",
        "Nothing was stored. The list has the index, code and path of each. Correct them and "
        "send the batch again.",
    ),
    "acknowledgement": (
        "An acknowledgement is no message",
        "Do not send acknowledgements to this endpoint.",
    ),
    "unknown_data_class": (
        "The contract names a data class that does not exist",
        "Ask the administrator to correct the endpoint's contract.",
    ),
    "bad_retention": (
        "The contract keeps something for fewer days than one",
        "Ask the administrator to correct the endpoint's contract.",
    ),
    # -- JSON --
    "not_json": ("The body is not JSON", "Check the JSON at the place that the detail names."),
    "not_utf8": ("The text is not UTF-8", "Send JSON in UTF-8."),
    "duplicate_key": ("A JSON object names a member twice", "Name each member once."),
    "number_out_of_range": (
        "A number is out of range",
        "Integers have 64 bits, decimals at most 64 characters and an exponent of at most 308.",
    ),
    "too_deep": ("The JSON is nested too deeply", "Nest at most 64 levels."),
    "bad_character": (
        "The text holds a character that cannot be stored",
        "Leave out NUL characters and unpaired surrogates.",
    ),
    "not_an_object": (
        "A JSON object was expected",
        "Send an object, or an array of objects as a batch.",
    ),
    "missing_type": (
        "The document does not name its type",
        "Send the type at the path named, or ask the administrator to set a default type.",
    ),
    "envelope_value": (
        "The value at a configured path is not a short text",
        "Send a text or number of at most 1024 bytes at the path named.",
    ),
    "envelope_path": (
        "A configured path does not fit the document",
        "Send what the path expects, or ask the administrator to correct it.",
    ),
    # -- CloudEvents --
    "unsupported_event_format": (
        "The event format is not supported",
        "Send application/cloudevents+json, application/cloudevents-batch+json, or binary mode.",
    ),
    "unsupported_charset": ("The character set is not supported", "Send UTF-8."),
    "unsupported_specversion": (
        "The CloudEvents version is not supported",
        'Send specversion "1.0".',
    ),
    "not_a_batch": ("The batch is not a JSON array", "Send a JSON array of events."),
    "missing_attribute": (
        "A required attribute is missing",
        "Send specversion, id, source and type with every event.",
    ),
    "attribute_name": (
        "An attribute's name is not allowed",
        "Use lower-case letters a to z and digits. Binary mode has Content-Type instead of ce-"
        "datacontenttype.",
    ),
    "attribute_type": (
        "An attribute's value has the wrong type",
        "Core attributes are strings; extensions are strings, booleans or integers of 32 bits.",
    ),
    "attribute_empty": ("An attribute is empty", "Leave the attribute out, or give it a value."),
    "attribute_characters": (
        "An attribute holds a character that is not allowed",
        "Leave out control characters and Unicode's noncharacters.",
    ),
    "attribute_too_long": (
        "An attribute is too long",
        "Core attributes have at most 1024 bytes, extensions 8192.",
    ),
    "attribute_format": (
        "An attribute's value is malformed",
        "source is a URI reference, dataschema an absolute URI without fragment, time as in "
        "RFC 3339, datacontenttype as in RFC 2046.",
    ),
    "header_encoding": (
        "A header's value is not encoded as it must be",
        "Percent-encode spaces, double quotes, percent signs and everything outside printable "
        "ASCII, as UTF-8.",
    ),
    "data_and_data_base64": ("The event has both data and data_base64", "Send one of them."),
    "not_base64": (
        "data_base64 is not base64",
        "Send padded base64 of RFC 4648, section 4, without line ends.",
    ),
    "data_not_text": (
        "The data is not the text its type says",
        "Send text data as a JSON string, in the character set of its datacontenttype.",
    ),
    "not_one_message": (
        "The event's data is not exactly one message",
        "Put one HL7 v2 message into one event.",
    ),
    # -- HL7 v2 --
    "empty": ("The body is empty", "Send a message."),
    "no_msh": ("There is no MSH segment", "Begin every message with MSH."),
    "bad_delimiters": (
        "MSH-1 and MSH-2 do not name usable separators",
        "Use |^~\\& unless there is a reason.",
    ),
    "bad_segment": (
        "A line is not a segment",
        "Begin each line with a segment name and the field separator.",
    ),
    "bad_encoding": (
        "The text is not in the character set that MSH-18 declares",
        "Declare in MSH-18 the character set that is sent.",
    ),
    "no_type": ("MSH-9 is empty", "Send the message type in MSH-9."),
    "bad_type": ("MSH-9 is not a message type", "Send a type and trigger such as ADT^A01."),
    "too_long": ("A header field is too long", "Shorten the field named."),
    "batch_count": (
        "The batch holds another number of messages than it says",
        "Check that nothing was cut, and send BTS-1 and FTS-1 as counted.",
    ),
    # -- FHIR --
    "empty_body": ("The body is empty", "Send a resource."),
    "wrong_fhir_version": ("The FHIR version is not supported", "Send FHIR R4 (4.0.1)."),
    "no_resource_type": ("The resource does not name its type", "Send resourceType."),
    "unknown_element": (
        "An element is not known to FHIR R4",
        "Send elements of FHIR R4 only; others go into extensions.",
    ),
    "empty_element": ("An element is empty", "Leave the element out, or fill it."),
    "wrong_shape": (
        "An element has the wrong shape",
        "Send one value, a list or an object as FHIR R4 says for the element named.",
    ),
    "bad_value": (
        "A value is not of its FHIR type",
        "Send what the type that the detail names allows.",
    ),
    "unknown_resource": ("The resource type is not known to FHIR R4", "Send resources of FHIR R4."),
    "missing_element": ("A required element is missing", "Send the element named."),
    "wrong_type": (
        "The resource is of another type than the address says",
        "Send the type of the address.",
    ),
    "wrong_id": (
        "The resource has another id than the address says",
        "Send the id of the address.",
    ),
    "wrong_first_resource": (
        "The Bundle begins with the wrong resource",
        "Begin a message with its MessageHeader, a document with its Composition.",
    ),
    "duplicate_full_url": ("Two entries of the Bundle have the same fullUrl", "Give each its own."),
    "bad_full_url": (
        "An entry's fullUrl does not fit its resource",
        "Send the resource's own address.",
    ),
    "missing_request": ("An entry lacks its request", "Send method and URL with every entry."),
    "bad_request_url": (
        "An entry's request does not fit its resource",
        "Send the URL of the resource.",
    ),
    "empty_entry": ("An entry of the Bundle is empty", "Leave the entry out, or fill it."),
}

EXPLANATIONS = {code: Explanation(*texts) for code, texts in _TEXTS.items()}


def explain(code: str) -> Explanation | None:
    """The explanation of a code, None for one that nobody is ever told."""
    return EXPLANATIONS.get(code)
