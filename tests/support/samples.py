"""The reference's sample requests and answers, word for word.

Two of the sample answers are no JSON as printed: the list's lacks its first brace, the domain
filter's its first and its last one. They are mended by these braces and by nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Sample:
    """One sample of the reference.

    Attributes:
        operation: The operation's name.
        query: The sample request's document.
        variables: Its variables.
        answer: The sample answer as printed.
        lacks: What the printed answer lacks, before and after it.
    """

    operation: str
    query: str
    variables: str
    answer: str
    lacks: tuple[str, str] = ("", "")

    @property
    def mended(self) -> str:
        """The answer as JSON."""
        before, after = self.lacks
        return f"{before}{self.answer}{after}"


SAMPLES = (
    Sample(
        "AddNewPixelModalMutation",
        """
mutation AddNewPixelModalMutation(
$tenantId: ID!
$input: PixelConnectionCreationInput!
) {
tenantMutations(tenantId: $tenantId) {
signalMutations {
setupPixelSignalConfig(input: $input) {
id
domains
connectionId
connectionStatus {
id
accessTokenAvailable
active
eventBridgeActive
publishingEnabled
apiErrorCode
pixelID
pixelName
lastPublished
totalEventsPublished
lastReceived
totalEventsReceived
}
}
}
}
}
""",
        """
{
"tenantId": "IaoreXfj",
"input": {
"pixelId": "18904456377094531",
"businessId": "2840127409433732",
"accessToken": "<accessToken>",
"apiVersion": "v14.0",
"externalId": "633612748410ba6e902"
}
}
""",
        """\
{
"data": {
"tenantMutations": {
"signalMutations": {
"setupPixelSignalConfig": {
"id": "SignalConfig:18904456377094531",
"domains": [],
"connectionId": "18904456377094531",
"connectionStatus": {
"id": "ConnectionStatus:18904456377094531",
"accessTokenAvailable": true,
"active": true,
"eventBridgeActive": true,
"publishingEnabled": true,
"apiErrorCode": null,
"pixelID": "18904456377094531",
"pixelName": null,
"lastPublished": 0.0,
"totalEventsPublished": 0.0,
"lastReceived": 0.0,
"totalEventsReceived": 0.0
}
}
}
}
}
}
""",
    ),
    Sample(
        "DeleteDataSourceModalMutation",
        """
mutation DeleteDataSourceModalMutation(
$id: ID!
$tenantId: ID!
) {
tenantMutations(tenantId: $tenantId) {
signalMutations {
deleteDataSource(id: $id)
}
}
}
""",
        """
{
"id":"18904456377094531",
"tenantId":"IaoreXfj"
}
""",
        """\
{
"data": {
"tenantMutations": {
"signalMutations": {
"deleteDataSource": true
}
}
}
}
""",
    ),
    Sample(
        "ConnectionStatusCardQuery",
        """
query ConnectionStatusCardQuery(
$tenantId: ID!
$timeWindow: Int
) {
tenantQueries(tenantId: $tenantId) {
account(timeWindowMin: $timeWindow) {
name
status
signalConfigs {
id
connectionId
dataSetType
domains
connectionStatus {
id
accessTokenAvailable
active
targetId
eventBridgeActive
publishingEnabled
apiErrorCode
badToken
pixelID
pixelName
lastPublished
totalEventsPublished
lastReceived
totalEventsReceived
}
}
}
}
}
""",
        """
{
"tenantId": "zilSRUW7",
"timeWindow": 60
}
""",
        """\
"data": {
"tenantQueries": {
"account": {
"signalConfigs": [
{
"connectionStatus": {
"id": "ConnectionStatus:319279634094583",
"accessTokenAvailable": true,
"active": true,
"eventBridgeActive": true,
"publishingEnabled": true,
"apiErrorCode": null,
"badToken": false,
"targetId": "",
"pixelID": "319279634094583",
"pixelName": "",
"lastPublished": 0.0,
"totalEventsPublished": 0.0,
"lastReceived": 0.0,
"totalEventsReceived": 0.0
},
"id": "SignalConfig:319279634094583",
"dataSetType": "PIXEL"
},
{
"connectionStatus": {
"id": "ConnectionStatus:824710156172809",
"accessTokenAvailable": true,
"active": true,
"eventBridgeActive": true,
"publishingEnabled": true,
"apiErrorCode": null,
"badToken": false,
"targetId": "",
"pixelID": "824710156172809",
"pixelName": "",
"lastPublished": 0.0,
"totalEventsPublished": 0.0,
"lastReceived": 0.0,
"totalEventsReceived": 0.0
},
"id": "SignalConfig:824710156172809",
"dataSetType": "PIXEL"
},
{
"connectionStatus": {
"id": "ConnectionStatus:1429427071255793",
"accessTokenAvailable": true,
"active": true,
"eventBridgeActive": true,
"publishingEnabled": true,
"apiErrorCode": null,
"badToken": false,
"targetId": "",
"pixelID": "1429427071255793",
"pixelName": "",
"lastPublished": 0.0,
"totalEventsPublished": 0.0,
"lastReceived": 0.0,
"totalEventsReceived": 0.0
},
"id": "SignalConfig:1429427071255793",
"dataSetType": "PIXEL"
}
],
"name": "Tenant for test@meta.com"
}
}
}
}
""",
        lacks=("{", ""),
    ),
    Sample(
        "updateSignalConfigStatusMutation",
        """
mutation updateSignalConfigStatusMutation(
$id: ID!, $tenantId: ID!, $input: SignalConfigStatusInput!) {
tenantMutations(tenantId: $tenantId) {
signalMutations {
updateSignalConfigEventsStatus(id: $id, input: $input) {
success
connectionStatus {
id
connected
active
eventBridgeActive
publishingEnabled
}
}
}
}
}
""",
        """
{
"id": "18904456377094531",
"tenantId": "IaoreXfj",
"input": {
"status": 1
}
}
""",
        """\
{
"data": {
"tenantMutations": {
"signalMutations": {
"updateSignalConfigEventsStatus": {
"success": true,
"connectionStatus": {
"id": "ConnectionStatus:18904456377094531",
"connected": true,
"active": true,
"eventBridgeActive": true,
"publishingEnabled": true
}
}
}
}
}
}
""",
    ),
    Sample(
        "updateSignalConfigCapiPublishMutation",
        """
mutation updateSignalConfigCapiPublishMutation(
$id: ID!, $tenantId: ID!, $input: SignalConfigStatusInput!) {
tenantMutations(tenantId: $tenantId) {
signalMutations {
updateSignalConfigCapiPublish(id: $id, input: $input) {
success
connectionStatus {
id
active
eventBridgeActive
publishingEnabled
}
}
}
}
}
""",
        """
{
"id": "18904456377094531",
"tenantId": "IaoreXfj",
"input": {
"status": 0
}
}
""",
        """\
{
"data": {
"tenantMutations": {
"signalMutations": {
"updateSignalConfigCapiPublish": {
"success": true,
"connectionStatus": {
"id": "ConnectionStatus:18904456377094531",
"active": false,
"eventBridgeActive": true,
"publishingEnabled": false
}
}
}
}
}
}
""",
    ),
    Sample(
        "EventFilterStatusMutation",
        """
mutation EventFilterStatusMutation($tenantId: ID!, $input: UpdateEventFilterInput!) {
tenantMutations(tenantId: $tenantId) {
updateEventFilter(input: $input) {
updatedFilter {
eventName
pixelId
filterState
}
}
}
}
""",
        """
{
"tenantId": "IaoreXfj",
"input": {
"eventName": "AddToCart",
"pixelIds": ["18904456377094531"],
"filterState": "PUBLISH"
}
}
""",
        """\
{
"data": {
"tenantMutations": {
"updateEventFilter": {
"updatedFilter": {
"eventName": "AddToCart",
"pixelId": "18904456377094531",
"filterState": "PUBLISH"
}
}
}
}
}
""",
    ),
    Sample(
        "useComitDomainFilterChangeMutation",
        """
mutation useComitDomainFilterChangeMutation($tenantId: ID!, $input: UpdateDomainFilterInput!) {
tenantMutations(tenantId: $tenantId) {
updateDomainFilter(input: $input) {
updatedFilter {
id
domain
pixelId
filterState
}
}
}
}
""",
        """
{
"tenantId": "IaoreXfj",
"input": {
"domain": "example.com",
"filterState": "DROP"
}
}
""",
        """\
"data": {
"tenantMutations": {
"updateDomainFilter": {
"updatedFilter": {
"id": "DomainFilter:example.com:global",
"domain": "example.com",
"pixelId": null,
"filterState": "DROP"
}
}
}
}
""",
        lacks=("{", "}"),
    ),
)
