// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ISeatHandovers} from "./ISeatHandovers.sol";

/// @title SetChangeHooks
/// @notice What SetChanges, FaultCourt and ValidatorExits tell OperatorSets, of which this is a part. OperatorSets keeps
/// members and bonds; configuration numbers, generations and modes are SetChanges'.
interface ISetChangeHooks is ISeatHandovers {
    /// @notice The seat earns nothing, counts for no capacity, and its holder gets no new seat. It stays a member until an
    /// included change replaces it.
    event SeatEmptied(uint256 indexed setId, uint256 seat, uint256 indexed operatorId);

    /// @notice A fault of the member was proven and charged. Nothing happens when it has left or was convicted in this set
    /// before. Only FaultCourt.
    function onConvicted(uint256 setId, uint256 operatorId) external;

    /// @notice Whether the set takes no new keys, requested or predeposited: a notice ran out, or a predeposit was lost
    /// and governance has not lifted the bar. (SetChanges.acceptsKeys adds: a generation is pending.)
    function isClosedToKeys(uint256 setId) external view returns (bool);
}
